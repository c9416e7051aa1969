package e2e

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/resource"
)

// Each kind is created, changed and deleted once, without leftovers.
func TestLifeOfEachKind(t *testing.T) {
	ofEachKind(t, func(t *testing.T, s sample, team team) {
		o := team.apply(t, s.kind, "one", s.spec())
		id := o.awaitSynced(t)
		o.wantOneCreate(t, id)
		o.patch(t, s.change)
		if changed := o.awaitSynced(t); changed != id {
			t.Errorf("after a change the id is %s, was %s", changed, id)
		}
		o.delete(t)
		o.awaitGone(t)
		if n := s.count(t, team.account); n != 0 {
			t.Errorf("%d remain in AWS after the deletion", n)
		}
	})
}

// Everything of an object is in its own account, and in no other.
func TestTwoTeamsTwoAccounts(t *testing.T) {
	t.Parallel()
	a, b := newTeam(t), newTeam(t)
	for _, team := range []team{a, b} {
		vpc := team.apply(t, "ec2.VPC", "main", vpcSpec())
		group := team.apply(t, "ec2.SecurityGroup", "web", func() fields {
			s := groupSpec("web", 443)
			s["vpcRef"] = fields{"from": fields{"name": "main"}}
			return s
		}())
		vpcID, groupID := vpc.awaitSynced(t), group.awaitSynced(t)
		groups := w.groups(t, team.account)
		if len(groups) != 1 || *groups[0].GroupId != groupID || *groups[0].VpcId != vpcID {
			t.Errorf("account %s has the groups %+v, want %s in %s", team.account, groups, groupID, vpcID)
		}
		for _, o := range []object{vpc, group} {
			for _, e := range o.creates(t) {
				if e.Principal != scenario.RoleIn(team.account) {
					t.Errorf("%s was created by %s, want %s", o.ref, e.Principal, scenario.RoleIn(team.account))
				}
			}
		}
	}
}

// Without a role Tack makes no call, and the object and the Web UI report the reason. The entry in
// the map is all that is missing.
func TestWaitsForTheRole(t *testing.T) {
	t.Parallel()
	team := newUnmappedTeam(t)
	o := team.apply(t, "ec2.VPC", "main", vpcSpec())
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "IAM Role is not available: account "+team.account)
	o.awaitPending(t, resource.KubeAwait, "account "+team.account)
	if calls := callsSince(t, team.account, 0); len(calls) > 0 {
		t.Errorf("AWS was called without a role: %q", calls)
	}
	if u := o.get(t); len(u.GetFinalizers()) > 0 {
		t.Errorf("it has the finalizers %q before anything was sent", u.GetFinalizers())
	}
	w.mapRole(t, team.account, scenario.RoleIn(team.account))
	o.wantOneCreate(t, o.awaitSynced(t))
}

// An object for which nothing was ever sent goes at once, without a role.
func TestDeletedWhileItWaitsForTheRole(t *testing.T) {
	t.Parallel()
	team := newUnmappedTeam(t)
	o := team.apply(t, "iam.Policy", "reader", policySpec("reader"))
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "IAM Role is not available")
	o.delete(t)
	o.awaitGone(t)
	if calls := callsSince(t, team.account, 0); len(calls) > 0 {
		t.Errorf("AWS was called: %q", calls)
	}
}

// withTag returns a spec with that one tag.
func withTag(spec fields, key, value string) fields {
	spec["tags"] = []any{fields{"key": key, "value": value}}
	return spec
}

// A hopeless spec is refused before the first call, even without a role, with the path of the
// field. The corrected spec converges.
func TestHopelessSpecs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind, path string
		bad, good  fields
	}{
		"bad CIDR": {"ec2.SecurityGroup", "spec.ingressRules[1].ipRanges[0].cidrIP",
			fields{"name": "g", "description": "d", "ingressRules": []any{tcp(80, "10.0.0.0/8"), tcp(81, "10.0.0/8")}}, groupSpec("g", 80, 81)},
		"no port": {"ec2.SecurityGroup", "spec.ingressRules[0].toPort",
			fields{"name": "g", "description": "d", "ingressRules": []any{fields{"ipProtocol": "tcp", "fromPort": int64(80), "ipRanges": []any{fields{"cidrIP": "10.0.0.0/8"}}}}}, groupSpec("g", 80)},
		"no peer": {"ec2.SecurityGroup", "spec.ingressRules[0]",
			fields{"name": "g", "description": "d", "ingressRules": []any{fields{"ipProtocol": "tcp", "fromPort": int64(80), "toPort": int64(80)}}}, groupSpec("g", 80)},
		"VPC without CIDR": {"ec2.VPC", `spec.cidrBlocks[0]: "10.0.0.0/99" is not a CIDR block: InvalidParameterValue: Value (10.0.0.0/99) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
			fields{"cidrBlocks": []any{"10.0.0.0/99"}}, vpcSpec()},
		"policy no JSON": {"iam.Policy", "spec.policyDocument", fields{"name": "p", "policyDocument": "{"}, policySpec("p")},
		"a tag that IAM does not take": {"iam.Policy", `spec.tags[0].value: "a|b" has characters other than letters, digits, spaces and _.:/=+-@: ValidationError: `,
			withTag(policySpec("p"), "team", "a|b"), withTag(policySpec("p"), "team", "a b")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			team := newUnmappedTeam(t)
			o := team.apply(t, c.kind, "it", c.bad)
			o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", c.path)
			w.mapRole(t, team.account, scenario.RoleIn(team.account))
			o.wantWake(t, "role map changed")
			w.result(t, o.ref)
			o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", c.path)
			if calls := callsSince(t, team.account, 0); len(calls) > 0 {
				t.Errorf("AWS was called for a hopeless spec: %q", calls)
			}
			o.patch(t, mergePatch(t, fields{"spec": c.good}))
			o.wantOneCreate(t, o.awaitSynced(t))
		})
	}
}

// A resource of another controller has its id in the status without our claim. Tack leaves it
// alone: it reads the tags in AWS, and changes nothing.
func TestAnotherControllersObject(t *testing.T) {
	t.Parallel()
	team := newUnmappedTeam(t) // no run writes before the status is set
	o := team.apply(t, "ec2.VPC", "theirs", vpcSpec())
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "IAM Role")
	patch := `{"status":{"vpcID":"vpc-theirs","ackResourceMetadata":{"ownerAccountID":"` + team.account + `","region":"us-west-2"}}}`
	if _, err := o.client().Patch(t.Context(), "theirs", types.MergePatchType, []byte(patch), metav1.PatchOptions{}, "status"); err != nil {
		t.Fatal(err)
	}
	w.mapRole(t, team.account, scenario.RoleIn(team.account))
	o.awaitCondition(t, corev1alpha1.ConditionTypeAdvisory, "True", "vpc-theirs")
	for _, e := range entriesSince(t, team.account, 0) {
		if e.Mutation {
			t.Errorf("%s was sent", e.Action)
		}
	}
}

// The spec changes during an in-flight CreateSecurityGroup: there is one group, with the rules of
// the newer spec.
func TestSpecChangedWhileItIsMade(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	rule := hold(t, team, "CreateSecurityGroup", "hold-before")
	o := team.apply(t, "ec2.SecurityGroup", "web", groupSpec("web", 80, 81))
	rule.wait(t)
	o.patch(t, mergePatch(t, fields{"spec": groupSpec("web", 443)}))
	rule.endRule(t)
	o.wantOneCreate(t, o.awaitSynced(t))
	if diff := cmp.Diff([]int32{443}, portsOf(w.groups(t, team.account)[0])); diff != "" {
		t.Errorf("ports (-want +got):\n%s", diff)
	}
}

// The object is deleted during its in-flight create: it is created once, and gone at the end.
func TestDeletedWhileItIsMade(t *testing.T) {
	t.Parallel()
	for _, s := range someKinds(t) {
		t.Run(s.kind, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			rule := hold(t, team, s.create, "hold-after")
			s.prepare(t, team)
			o := team.apply(t, s.kind, "short", s.spec())
			rule.wait(t)
			o.delete(t)
			rule.endRule(t)
			o.awaitGone(t)
			if n := len(o.creates(t)); n != 1 {
				t.Errorf("AWS accepted %d creates, want 1", n)
			}
			if n := s.count(t, team.account); n != 0 {
				t.Errorf("%d remain in AWS", n)
			}
		})
	}
}

// Tack restores a stripped finalizer while the object lives.
func TestFinalizerStripped(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	o := team.apply(t, "ec2.VPC", "main", vpcSpec())
	id := o.awaitSynced(t)
	o.patch(t, `{"metadata":{"finalizers":null}}`)
	o.await(t, "with its finalizer restored", soon, func(u *unstructured.Unstructured) bool { return len(u.GetFinalizers()) == 1 })
	o.wantOneCreate(t, id)
}

// Tack recreates a resource that was deleted outside of Tack, unless its kind ends so, and its object
// can be deleted.
func TestDeletedBehindOurBack(t *testing.T) {
	ofSomeKinds(t, func(t *testing.T, s sample, team team) {
		o := team.apply(t, s.kind, "again", s.spec())
		id := o.awaitSynced(t)
		s.removeInAWS(t, team.account, id)
		w.force(t, o.ref)
		want := 1
		if s.ends {
			want = 0
			o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", "after a change of what the spec reserves")
		} else {
			o.await(t, "created again", soon, func(u *unstructured.Unstructured) bool {
				return len(o.creates(t)) == 2 && status(u, corev1alpha1.ConditionTypeResourceSynced) == "True"
			})
		}
		w.result(t, o.ref)
		if n := s.count(t, team.account); n != want {
			t.Errorf("there are %d in AWS, want %d", n, want)
		}
		o.delete(t)
		o.awaitGone(t)
	})
}

// Retain leaves the resource in AWS, without our owner tags.
func TestRetained(t *testing.T) {
	ofSomeKinds(t, func(t *testing.T, s sample, team team) {
		o := team.apply(t, s.kind, "kept", s.spec())
		id := o.awaitSynced(t)
		o.patch(t, `{"metadata":{"annotations":{"services.k8s.aws/deletion-policy":"retain"}}}`)
		o.delete(t)
		o.awaitGone(t)
		for key := range s.tags(t, team.account, id) {
			if strings.HasPrefix(key, "services.k8s.aws/tack-") {
				t.Errorf("it still carries %s", key)
			}
		}
	})
}

// Kubernetes' own events report the history of an object.
func TestEventsOfAnObject(t *testing.T) {
	t.Parallel()
	team := newUnmappedTeam(t)
	o := team.apply(t, "ec2.VPC", "told", vpcSpec())
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "IAM Role")
	w.mapRole(t, team.account, scenario.RoleIn(team.account))
	o.awaitSynced(t)
	o.delete(t)
	o.awaitGone(t)
	o.awaitEvents(t, "Waiting", "Created", "Synced", "Deleted")
}
