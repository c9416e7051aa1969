package level

import (
	"context"
	"errors"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/resource"
)

// The object reports a read that the API server refuses. If the API server is not available, that
// is an error, and is retried. Neither changes the role in use.
func TestUnreadable(t *testing.T) {
	forbidden := apierrors.NewForbidden(kubeapi.Namespaces.GroupResource(), "x", errors.New("no right"))
	recorded := func(c cluster) {
		inTeam(c)
		c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
		unconfirmed(c)
	}
	child := func(c cluster) {
		labeled(c)
		c.Set(from("main"), "spec", "vpcRef")
	}
	made := func(c cluster) {
		child(c)
		c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
	}
	inStep := func(c cluster) {
		labeled(c)
		c.Set([]any{fields{"userIDGroupPairs": []any{fields{"groupID": "sg-2", "vpcRef": from("main")}}}}, "spec", "ingressRules")
	}
	for name, test := range map[string]struct {
		resource string
		change   func(cluster)
		err      error
		reason   string // of the wait; empty: it is an error
		says     string
	}{
		"the namespace":             {"namespaces", none, forbidden, "NamespaceNotReadable", "namespace team-a"},
		"the map of accounts":       {"configmaps", labeled, forbidden, "RoleMapNotReadable", "ConfigMap ack-system/ack-role-account-map"},
		"the map of teams":          {"configmaps", inTeam, forbidden, "RoleMapNotReadable", "ConfigMap ack-system/ack-role-team-map"},
		"the map, with an id":       {"configmaps", recorded, forbidden, "RoleMapNotReadable", "ConfigMap ack-system/ack-role-team-map"},
		"the selectors":             {"iamroleselectors", labeled, forbidden, "SelectorsNotReadable", "IAMRoleSelectors"},
		"the selectors, with an id": {"iamroleselectors", recorded, forbidden, "SelectorsNotReadable", "IAMRoleSelectors"},
		"a token that is not taken": {"configmaps", labeled, apierrors.NewUnauthorized("x"), "RoleMapNotReadable", ""},
		"a parent":                  {"vpcs", child, forbidden, "ReferenceNotReadable", "spec.vpcRef: VPC team-a/main may not be read"},
		"a parent, once made":       {"vpcs", made, forbidden, "ReferenceNotReadable", "VPC team-a/main"},
		"a parent, for a step":      {"vpcs", inStep, forbidden, "ReferenceNotReadable", "VPC team-a/main"},
		"the namespace, cut off":    {"namespaces", none, errors.New("connection refused"), "", ""},
		"the map, cut off":          {"configmaps", labeled, errors.New("connection refused"), "", ""},
		"the selectors, cut off":    {"iamroleselectors", labeled, errors.New("connection refused"), "", ""},
		"the map, too late":         {"configmaps", labeled, context.DeadlineExceeded, "", ""},
		"the namespace, timed out":  {"namespaces", none, apierrors.NewTimeoutError("x", 1), "", ""},
		"the selectors, throttled":  {"iamroleselectors", labeled, apierrors.NewTooManyRequests("x", 1), "", ""},
		"the object":                {"securitygroups", none, forbidden, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := complete()
			test.change(c)
			got, err := tryLevel(unreadable{Cluster: c, Resource: test.resource, Err: test.err})
			if got.Target != (resource.Target{}) {
				t.Errorf("target %+v", got.Target)
			}
			if test.reason == "" {
				if !errors.Is(err, test.err) || got.Wait != nil {
					t.Errorf("error %v, wait %+v, want the error %v", err, got.Wait, test.err)
				}
				return
			}
			if err != nil || got.Wait == nil || got.Wait.Reason != test.reason || !strings.Contains(got.Wait.Message, test.says) {
				t.Fatalf("wait %+v, error %v, want to wait for %s, saying %q", got.Wait, err, test.reason, test.says)
			}
			wantRemedy(t, got.Wait)
		})
	}
}
