package e2e

import (
	"slices"
	"testing"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
)

// A bad edit of a VPC does not delay objects with existing resources: it causes no run and no
// write, and their edits continue. New objects still wait until the VPC is synced.
func TestBadEditOfAParent(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	vpc := team.apply(t, "ec2.VPC", "main", vpcSpec())
	edited, still := childrenOfMain(t, team)
	quiet := settled(t, append(slices.Clone(still), edited))
	vpc.patch(t, `{"spec":{"cidrBlocks":["10.0.0.0/16","10.1.0.0/99"]}}`)
	vpc.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", "spec.cidrBlocks[1]")

	edited.patch(t, `{"spec":{"mapPublicIPOnLaunch":true}}`)
	edited.awaitSynced(t)
	late := team.apply(t, "ec2.Subnet", "late", fields{"vpcRef": ref("main"), "cidrBlock": "10.0.3.0/24"})
	late.awaitCondition(t, corev1alpha1.ConditionTypeReferencesResolved, "False", "terminal")

	quiet(still)
	vpc.patch(t, `{"spec":{"cidrBlocks":["10.0.0.0/16"]}}`)
	late.awaitSynced(t)
	deleteAll(t, append(still, edited, late, vpc)...)
}

// A tool drops the claim of a VPC. Until AWS's tags confirm its id, objects with existing resources
// keep it: no run, no write. Edited and new objects wait.
func TestParentLosesItsClaim(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	vpc := team.apply(t, "ec2.VPC", "main", vpcSpec())
	edited, still := childrenOfMain(t, team)
	id := vpc.awaitSynced(t)
	w.result(t, vpc.ref)
	quiet := settled(t, append(slices.Clone(still), edited))
	looks := addRule(t, gateway.Rule{Account: team.account, Action: gateway.Actions{"DescribeVpcs"}, Fault: gateway.FaultHoldBefore, Times: 1})
	vpc.replaced(t, vpcSpec())
	if err := w.AWS.WaitHolding(t.Context(), looks, soon); err != nil {
		t.Fatal(err)
	}
	edited.patch(t, `{"spec":{"mapPublicIPOnLaunch":true}}`)
	edited.awaitCondition(t, corev1alpha1.ConditionTypeReferencesResolved, "Unknown", "no claim says")
	late := team.apply(t, "ec2.Subnet", "late", fields{"vpcRef": ref("main"), "cidrBlock": "10.0.3.0/24"})
	late.awaitCondition(t, corev1alpha1.ConditionTypeReferencesResolved, "Unknown", "no claim says")
	endRule(t, looks)
	vpc.awaitClaimed(t, id)
	edited.awaitSynced(t)
	late.awaitSynced(t)
	quiet(still)
	deleteAll(t, append(still, edited, late, vpc)...)
}

// childrenOfMain applies objects that refer to the VPC "main": a subnet to edit, and others.
func childrenOfMain(t *testing.T, team team) (edited object, still []object) {
	t.Helper()
	edited = team.apply(t, "ec2.Subnet", "edited", fields{"vpcRef": ref("main"), "cidrBlock": "10.0.1.0/24"})
	still = []object{
		team.apply(t, "ec2.Subnet", "still", fields{"vpcRef": ref("main"), "cidrBlock": "10.0.2.0/24"}),
		team.apply(t, "ec2.SecurityGroup", "still", fields{"vpcRef": ref("main"), "name": "still", "description": "d"}),
		team.apply(t, "ec2.RouteTable", "still", fields{"vpcRef": ref("main")}),
	}
	return edited, still
}

// settled waits until objects are Synced. It returns a check that some of them were neither woken
// nor written since.
func settled(t *testing.T, objects []object) (quiet func([]object)) {
	t.Helper()
	versions, wakes := map[string]string{}, map[string][]string{}
	for _, o := range objects {
		o.awaitSynced(t)
		w.result(t, o.ref)
		versions[o.ref.WorkflowID()], wakes[o.ref.WorkflowID()] = o.get(t).GetResourceVersion(), o.wakes(t, "")
	}
	return func(objects []object) {
		t.Helper()
		for _, o := range objects {
			if version := o.get(t).GetResourceVersion(); version != versions[o.ref.WorkflowID()] {
				t.Errorf("%s was written because of its VPC:\n%s", o.ref, scenario.Show(o.get(t), nil))
			}
			if got := o.wakes(t, ""); !slices.Equal(got, wakes[o.ref.WorkflowID()]) {
				t.Errorf("%s was woken for %q because of its VPC", o.ref, got)
			}
		}
	}
}
