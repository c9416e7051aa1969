// Package e2e tests Tack on the real system, with each part in its own process that tests can
// kill. The parts are a kube-apiserver with etcd, a Temporal server, moto behind the gateway,
// the bridge and two workers.
package e2e
