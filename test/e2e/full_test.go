package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
)

// A full spec converges, and a second comparison finds nothing to do. A change converges, and again
// there is nothing to do. At the end no resource remains.
func TestFullSpecs(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		t.Run(s.kind, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			s.prepare(t, team)
			team.cutLists(t)
			o := team.apply(t, s.kind, "full", s.full(team.account))
			o.wantOneCreate(t, o.awaitSynced(t))
			o.wantResolved(t)
			o.wantQuiet(t, team)
			o.patch(t, s.fullChange)
			o.awaitSynced(t)
			o.wantQuiet(t, team)
			if tags := s.tags(t, team.account, o.awaitSynced(t)); tags["team"]+tags["Team"] != "b" && !s.noTags {
				t.Errorf("the tags are %v, want the team's changed value", tags)
			}
			o.delete(t)
			o.awaitGone(t)
			if n := s.count(t, team.account); n != 0 {
				t.Errorf("%d remain in AWS", n)
			}
		})
	}
}

// wantResolved checks the conditions for which scripts of ACK's users wait. They are set with
// Synced, if the spec has references or the kind has fields that AWS fills in.
func (o object) wantResolved(t *testing.T) {
	t.Helper()
	u := o.get(t)
	wanted := map[corev1alpha1.ConditionType]bool{
		corev1alpha1.ConditionTypeReferencesResolved: len(level.Targets(o.kind, o.ref, u)) > 0,
		corev1alpha1.ConditionTypeLateInitialized:    len(apis.LateInitialized(o.kind.Name())) > 0,
	}
	for kind, want := range wanted {
		if got := status(u, kind); got != "True" && want || got != "" && !want {
			t.Errorf("%s: the condition %s is %q:\n%s", o.ref, kind, got, scenario.Show(u, nil))
		}
	}
}

// wantQuiet forces one more comparison with AWS, and expects no change.
func (o object) wantQuiet(t *testing.T, team team) {
	t.Helper()
	w.result(t, o.ref)
	mark := lastSeq(t)
	w.force(t, o.ref)
	w.result(t, o.ref)
	entries, err := w.AWS.Journal(t.Context(), gateway.Query{Account: team.account, Since: mark, Mutation: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Errorf("%s: a second comparison changed AWS: %s", o.ref, e.Action)
	}
	if s := status(o.get(t), corev1alpha1.ConditionTypeResourceSynced); s != "True" {
		t.Errorf("%s is no longer synced: %s", o.ref, s)
	}
}

// Groups that name each other converge: first the groups, then the rules once the peers exist. Both
// can be deleted.
func TestGroupsThatNameEachOther(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	names := []string{"a", "b"}
	var groups []object
	for i, name := range names {
		spec := groupSpec(name)
		spec["ingressRules"] = []any{fields{"ipProtocol": "-1", "userIDGroupPairs": []any{
			fields{"groupRef": fields{"from": fields{"name": names[1-i]}}},
		}}}
		groups = append(groups, team.apply(t, "ec2.SecurityGroup", name, spec))
		if i == 0 {
			groups[0].awaitCondition(t, corev1alpha1.ConditionTypeReferencesResolved, "Unknown", "SecurityGroup "+team.name+"/b is not there")
		}
	}
	for _, o := range groups {
		o.wantOneCreate(t, o.awaitSynced(t))
	}
	for _, g := range w.groups(t, team.account) {
		if len(g.IpPermissions) != 1 || len(g.IpPermissions[0].UserIdGroupPairs) != 1 {
			t.Errorf("group %s allows %+v, want the other group", *g.GroupName, g.IpPermissions)
		}
	}
	deleteAll(t, groups...)
}

// A rule that only AWS can refuse prevents neither the record of the group nor the other rules.
// After a correction nothing else is needed.
func TestRuleThatAWSRefuses(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	spec := groupSpec("web", 80)
	spec["ingressRules"] = append(spec["ingressRules"].([]any), fields{"ipProtocol": "tcp", "fromPort": int64(81), "toPort": int64(81),
		"userIDGroupPairs": []any{fields{"groupID": "sg-0123456789abcdef0"}}})
	o := team.apply(t, "ec2.SecurityGroup", "web", spec)
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "spec.ingressRules[1].userIDGroupPairs[0]")
	o.await(t, "recorded, with its finalizer", soon, func(u *unstructured.Unstructured) bool {
		id, _, _ := unstructured.NestedString(u.Object, "status", "id")
		return strings.HasPrefix(id, "sg-") && len(u.GetFinalizers()) == 1
	})
	group := w.groups(t, team.account)[0]
	if diff := cmp.Diff([]int32{80}, portsOf(group)); diff != "" || len(group.IpPermissionsEgress) > 0 {
		t.Errorf("ports (-want +got):\n%s\negress: %+v", diff, group.IpPermissionsEgress)
	}
	o.patch(t, mergePatch(t, fields{"spec": groupSpec("web", 80, 81)}))
	o.wantOneCreate(t, o.awaitSynced(t))
	o.delete(t)
	o.awaitGone(t)
	if n := len(w.groups(t, team.account)); n != 0 {
		t.Errorf("%d groups remain", n)
	}
}

// Tack names the fields that AWS cannot change, and applies the rest of the change.
func TestFieldThatAWSCannotChange(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	o := team.apply(t, "ec2.SecurityGroup", "web", groupSpec("web", 80))
	o.awaitSynced(t)
	changed := groupSpec("web", 443)
	changed["description"] = "another"
	o.patch(t, mergePatch(t, fields{"spec": changed}))
	o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", "spec.description")
	if got := fmt.Sprint(portsOf(w.groups(t, team.account)[0])); got != "[443]" {
		t.Errorf("the group allows the inbound ports %s, want [443]", got)
	}
}
