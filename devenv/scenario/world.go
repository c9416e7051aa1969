// Package scenario is what the demo, the end-to-end tests and the benchmarks do with a running
// environment: they make teams, write the role map, apply objects, wait for them, and read AWS's
// journal and Temporal's histories. Functions return their errors, so that a program can use them
// as well as a test.
package scenario

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"go.temporal.io/sdk/client"
	temporallog "go.temporal.io/sdk/log"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"

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
	temporal, err := client.DialContext(ctx, client.Options{
		HostPort: env.TemporalAddress, Namespace: stack.TemporalNamespace,
		Logger: temporallog.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))),
	})
	if err != nil {
		return nil, fmt.Errorf("connecting to Temporal at %s: %w", env.TemporalAddress, err)
	}
	return &World{Stack: env, Cluster: cluster, Temporal: temporal, AWS: gateway.NewClient(env.GatewayURL)}, nil
}

// Open makes the client of a cluster.
func Open(name, kubeconfig string) (Cluster, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return Cluster{}, fmt.Errorf("reading %s: %w", kubeconfig, err)
	}
	config.QPS = -1 // the client's own throttling would distort every time
	kube, err := dynamic.NewForConfig(config)
	if err != nil {
		return Cluster{}, fmt.Errorf("creating a client from %s: %w", kubeconfig, err)
	}
	return Cluster{Kube: kube, Name: name}, nil
}
