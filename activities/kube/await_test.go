package kube

import (
	"errors"
	"testing"

	"go.temporal.io/sdk/temporal"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/record"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/resource"
)

// The reason of a wait may change although its digest, which excludes the role, does not.
func TestAnotherReasonEndsTheWait(t *testing.T) {
	c := complete()
	delete(c, "configmaps/ack-system/ack-role-account-map")
	activities := &Activities{live: c, settings: settings, events: record.NewFakeRecorder(1)}
	l, err := activities.Level(t.Context(), resource.LevelInput{Ref: groupRef})
	if err != nil {
		t.Fatal(err)
	}
	in := resource.LevelInput{Ref: groupRef, Digest: l.Digest, Wait: l.Wait}
	if _, err := activities.Await(t.Context(), in); err == nil {
		t.Error("it does not wait")
	}
	roleMap(fields{})(c)
	got, err := activities.Await(t.Context(), in)
	if err != nil || got.Wait == nil || got.Wait.Reason != "RoleNotMapped" || got.Digest != l.Digest {
		t.Errorf("got %+v, %v, want the level with its new reason", got.Wait, err)
	}
}

// A granted permission causes no poke, so a refused read is retried more often than others.
func TestARefusedReadIsTriedAgain(t *testing.T) {
	c := complete()
	forbidden := apierrors.NewForbidden(kubeapi.ConfigMaps.GroupResource(), "x", errors.New("no right"))
	for reason, test := range map[string]struct {
		live  kubeapi.Reader
		delay bool
	}{
		"RoleMapNotReadable": {unreadable{Cluster: c, Resource: "configmaps", Err: forbidden}, true},
		"RoleMapNotFound":    {unreadable{Cluster: c, Resource: "configmaps", Err: apierrors.NewNotFound(kubeapi.ConfigMaps.GroupResource(), "x")}, false},
	} {
		activities := &Activities{live: test.live, settings: settings, events: record.NewFakeRecorder(1)}
		l, err := activities.Level(t.Context(), resource.LevelInput{Ref: groupRef})
		if err != nil {
			t.Fatal(err)
		}
		_, err = activities.Await(t.Context(), resource.LevelInput{Ref: groupRef, Digest: l.Digest})
		failure, ok := errors.AsType[*temporal.ApplicationError](err)
		if !ok || failure.Type() != reason || (failure.NextRetryDelay() == askAgain) != test.delay {
			t.Errorf("%s: it fails with %v", reason, err)
		}
	}
}
