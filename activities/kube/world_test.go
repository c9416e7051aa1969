package kube

import (
	"testing"

	"github.com/tack-dev/tack/activities/level"
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
	here      = fakecluster.Here
	groupRef  = fakecluster.GroupRef
	mine      = fakecluster.Mine
	complete  = fakecluster.Complete
	all       = fakecluster.All
	roleMap   = fakecluster.RoleMap
	annotated = fakecluster.Annotated
	forged    = fakecluster.Forged
)

var settings = level.Settings{Cluster: "dev", Install: "dev", DefaultRegion: "us-west-2", SystemNamespace: "ack-system"}

// levelIn returns the level of the group.
func levelIn(t *testing.T, c cluster, s level.Settings) resource.Level {
	t.Helper()
	return levelNamed(t, c, s, groupRef.Kind, groupRef.Name)
}

// levelNamed returns the level of an object of the namespace team-a.
func levelNamed(t *testing.T, c cluster, s level.Settings, kindName, name string) resource.Level {
	t.Helper()
	kind, _ := apis.ByName(kindName)
	l, err := level.Read(t.Context(), c, s, kind, resource.Ref{Kind: kindName, Cluster: "dev", Namespace: "team-a", Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return l
}
