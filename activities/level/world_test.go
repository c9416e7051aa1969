package level

import (
	"context"
	"testing"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/fakecluster"
)

// Short names for what the tests of several packages share.
type (
	cluster    = fakecluster.Cluster
	fields     = fakecluster.Fields
	unreadable = fakecluster.Unreadable
)

const (
	account = fakecluster.Account
	role    = fakecluster.Role
)

var (
	here        = fakecluster.Here
	groupRef    = fakecluster.GroupRef
	mine        = fakecluster.Mine
	complete    = fakecluster.Complete
	all         = fakecluster.All
	inNamespace = fakecluster.InNamespace
	mapped      = fakecluster.Mapped
	roleMap     = fakecluster.RoleMap
	annotated   = fakecluster.Annotated
	forged      = fakecluster.Forged
)

var settings = Settings{Cluster: "dev", Install: "dev", DefaultRegion: "us-west-2", SystemNamespace: "ack-system"}

// levelIn returns the level of the group.
func levelIn(t *testing.T, c cluster, s Settings) resource.Level {
	t.Helper()
	return levelNamed(t, c, s, groupRef.Kind, groupRef.Name)
}

// levelNamed returns the level of an object of the namespace team-a.
func levelNamed(t *testing.T, c cluster, s Settings, kindName, name string) resource.Level {
	t.Helper()
	kind, _ := apis.ByName(kindName)
	l, err := Read(t.Context(), c, s, kind, resource.Ref{Kind: kindName, Cluster: "dev", Namespace: "team-a", Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// tryLevel reads the level of the group with another reader.
func tryLevel(r kubeapi.Reader) (resource.Level, error) {
	kind, _ := apis.ByName(groupRef.Kind)
	return Read(context.Background(), r, settings, kind, groupRef)
}
