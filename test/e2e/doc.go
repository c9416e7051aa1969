// Package e2e tests Tack on the real thing: a kube-apiserver with etcd, a
// Temporal server, moto behind the gateway, the bridge and two workers, each a
// process that can be killed.
package e2e
