// Package kube holds the activities that read and write Kubernetes. Only the bridge of a cluster
// hosts them: it has credentials for its API server, and none for AWS.
package kube

import (
	"fmt"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/record"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// Activities are the activities of one cluster.
type Activities struct {
	client    dynamic.Interface
	live      kubeapi.Reader
	settings  level.Settings
	events    record.EventRecorder
	referrers Referrers
	waiting   waiting
}

// Referrers returns the objects that refer to one, sorted, as far as the bridge has seen.
type Referrers func(resource.Ref) []resource.Ref

// New returns the activities of the cluster to which client connects.
func New(client dynamic.Interface, settings level.Settings, events record.EventRecorder, referrers Referrers) *Activities {
	return &Activities{client: client, live: kubeapi.NewJoined(kubeapi.Live{Client: client}), settings: settings, events: events, referrers: referrers}
}

// Registry registers activities, as a Temporal worker does.
type Registry interface {
	RegisterActivityWithOptions(a any, options activity.RegisterOptions)
}

// Register registers the activities under their names.
func (a *Activities) Register(to Registry) {
	for name, run := range map[string]any{
		resource.KubeLevel:           a.Level,
		resource.KubeAwait:           a.Await,
		resource.KubeClaim:           a.Claim,
		resource.KubeRecordID:        a.RecordID,
		resource.KubeVoidClaim:       a.VoidClaim,
		resource.KubePatchStatus:     a.PatchStatus,
		resource.KubeRemoveFinalizer: a.RemoveFinalizer,
		resource.KubePropose:         a.Propose,
		resource.KubeImport:          a.Import,
		resource.KubeApprove:         a.Approve,
	} {
		to.RegisterActivityWithOptions(run, activity.RegisterOptions{Name: name})
	}
}

// kindOf finds the kind and refuses an object of another cluster: two clusters with the same name
// share a queue.
func (a *Activities) kindOf(ref resource.Ref) (apis.Kind, error) {
	if ref.ClusterUID != "" && ref.ClusterUID != a.settings.ClusterUID {
		return apis.Kind{}, temporal.NewApplicationError(fmt.Sprintf(
			"this bridge serves the cluster with uid %s, the object is of %s: give each cluster its own --cluster", a.settings.ClusterUID, ref.ClusterUID), "WrongCluster")
	}
	kind, ok := apis.ByName(ref.Kind)
	if !ok {
		return apis.Kind{}, temporal.NewApplicationError(fmt.Sprintf("this bridge is older than the kind %q", ref.Kind), "UnknownKind")
	}
	return kind, nil
}
