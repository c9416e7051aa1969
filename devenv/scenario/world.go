// Package scenario is what the demo, the end-to-end tests and the benchmarks do with a running
// environment. They make teams, write the role map, apply objects, wait for them, and read AWS's
// journal and Temporal's histories. Functions return their errors, so that a program can use
// them as well as a test.
package scenario

import (
	"context"

	"go.temporal.io/sdk/client"
	"k8s.io/client-go/dynamic"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/stack"
)

// Fields is an object of Kubernetes, or a part of one.
type Fields = map[string]any

// Arguments of the bridge in the environment.
const (
	ClusterName = "dev"
	InstallID   = "dev"
)

// Cluster is a Kubernetes cluster that a bridge watches.
type Cluster struct {
	Kube dynamic.Interface
	Name string // the bridge's name for it
}

// World is a running environment with a client for each of its servers.
type World struct {
	*stack.Stack
	Cluster
	Temporal client.Client
	AWS      *gateway.Client
}

// Connect makes the clients of an environment. The caller closes Temporal's.
func Connect(ctx context.Context, env *stack.Stack) (*World, error) {
	cluster, err := Open(ClusterName, env.Kubeconfig)
	if err != nil {
		return nil, err
	}
	temporal, err := env.DialTemporal(ctx)
	if err != nil {
		return nil, err
	}
	return &World{Stack: env, Cluster: cluster, Temporal: temporal, AWS: gateway.NewClient(env.GatewayURL)}, nil
}

// Open makes the client of a cluster.
func Open(name, kubeconfig string) (Cluster, error) {
	kube, err := stack.DialKube(kubeconfig)
	if err != nil {
		return Cluster{}, err
	}
	return Cluster{Kube: kube, Name: name}, nil
}
