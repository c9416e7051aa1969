// Package e2e tests Tack on the real system: a kube-apiserver with etcd, a Temporal server, moto
// behind the gateway, the bridge and two workers, each in its own process that tests can kill.
package e2e
