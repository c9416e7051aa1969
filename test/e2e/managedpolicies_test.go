package e2e

import (
	"slices"
	"testing"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
)

// A role attaches AWS's own policies, in the environment that has them. They belong to no account,
// some have a path, and one is also the boundary.
func policiesOfAWS(t *testing.T, second *stack.Stack) {
	const readOnly, viewOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
	for _, part := range []string{stack.Bridge, "worker-1"} {
		if err := second.Part(part).Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := second.SetCurrent(t.Context()); err != nil {
		t.Fatal(err)
	}
	team := newTeam(t)
	n := neighbour{cluster: "dev", install: "dev"}.on(t, second.Kubeconfig)
	n.enter(t, team)
	role := n.object(team, "iam.Role", "reader")
	role.create(t, fields{
		"name": "reader", "assumeRolePolicyDocument": trustEC2, "permissionsBoundary": readOnly, "policies": []any{readOnly},
	})
	role.awaitSynced(t)
	role.patch(t, mergePatch(t, fields{"spec": fields{"policies": []any{viewOnly}}}))
	role.awaitSynced(t)
	role.delete(t)
	role.awaitGone(t)

	entries, err := gateway.NewClient(second.GatewayURL).Journal(t.Context(), gateway.Query{Owner: scenario.OwnerOf(role.ref), Mutation: true})
	if err != nil {
		t.Fatal(err)
	}
	var calls []string
	for _, e := range entries {
		if !e.Accepted {
			t.Errorf("AWS refused %s: %s", e.Action, e.Code)
		}
		calls = append(calls, e.Action)
	}
	for action, want := range map[string]int{"CreateRole": 1, "AttachRolePolicy": 2, "DetachRolePolicy": 2, "DeleteRole": 1} {
		if got := len(slices.DeleteFunc(slices.Clone(calls), func(a string) bool { return a != action })); got != want {
			t.Errorf("%d times %s, want %d: %v", got, action, want, calls)
		}
	}
}
