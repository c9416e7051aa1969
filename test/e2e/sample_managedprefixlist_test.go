package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
)

var _ = register(sample{
	kind: "ec2.ManagedPrefixList", create: "CreateManagedPrefixList",
	spec:   func() fields { return prefixListSpec(2, fields{"cidr": "10.0.0.0/16", "description": "a"}) },
	change: `{"spec":{"entries":[{"cidr":"10.1.0.0/16"}]}}`,
	full: func(string) fields {
		spec := prefixListSpec(3, fields{"cidr": "10.0.0.0/16", "description": "a"}, fields{"cidr": "10.1.0.0/16"})
		spec["tags"] = teamA()
		return spec
	},
	fullChange: `{"spec":{"name":"shops","maxEntries":2,"entries":[{"cidr":"10.0.0.0/16","description":"b"}],"tags":[{"key":"team","value":"b"}]}}`,
	count: func(t *testing.T, account string) int {
		t.Helper()
		out, err := awsec2.NewFromConfig(w.config(t, account)).DescribeManagedPrefixLists(t.Context(), &awsec2.DescribeManagedPrefixListsInput{})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, list := range out.PrefixLists {
			if *list.OwnerId == account {
				n++
			}
		}
		return n
	},
	remove: removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteManagedPrefixList, "PrefixListId"),
})

func prefixListSpec(most int, entries ...any) fields {
	return fields{"name": "offices", "addressFamily": "IPv4", "maxEntries": int64(most), "entries": entries}
}

// prefixListsStay sets how long a state of a team's prefix lists lasts.
func (team team) prefixListsStay(t *testing.T, state string, d time.Duration) {
	t.Helper()
	if err := w.AWS.SetStateTime(t.Context(), gateway.StateTime{Account: team.account, Type: "prefix-list", State: state, Milliseconds: d.Milliseconds()}); err != nil {
		t.Fatal(err)
	}
}

// AWS gives up a change, and the object reports that. An edit takes the spec back to what the list is: the
// object is Synced, with AWS's words as advice, and sends nothing. The next change ends the advice.
func TestPrefixListWhoseFailedChangeIsTakenBack(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	for _, state := range []string{"create", "modify"} {
		team.prefixListsStay(t, state+"-in-progress", 0)
	}
	list := team.apply(t, "ec2.ManagedPrefixList", "main", prefixListSpec(2))
	id := list.awaitSynced(t)
	team.apply(t, "ec2.VPC", "main", vpcSpec()).awaitSynced(t)
	group := team.apply(t, "ec2.SecurityGroup", "web", fields{"name": "web", "description": "d", "vpcRef": ref("main"), "ingressRules": []any{
		fields{"ipProtocol": "-1", "prefixListIDs": []any{fields{"prefixListID": id}}},
	}})
	group.awaitSynced(t)
	list.patch(t, `{"spec":{"maxEntries":100}}`)
	list.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "modify-failed: The size exceeds a quota")
	mark := lastSeq(t)
	list.patch(t, `{"spec":{"maxEntries":2}}`)
	list.awaitSynced(t)
	if advice := adviceOf(list.get(t))["ChangeFailed"]; !strings.Contains(advice, "modify-failed: The size exceeds a quota") {
		t.Errorf("the advice is %q", advice)
	}
	if calls := callsSince(t, team.account, mark); slices.Contains(calls, "ModifyManagedPrefixList") {
		t.Errorf("the calls were %q", calls)
	}
	list.wantQuiet(t, team)
	list.patch(t, `{"spec":{"maxEntries":3}}`)
	list.await(t, "synced without advice", soon, func(u *unstructured.Unstructured) bool {
		return status(u, corev1alpha1.ConditionTypeResourceSynced) == "True" && len(adviceOf(u)) == 0
	})
	deleteAll(t, group, list)
}

// A list of 150 entries is made and changed by calls of at most 100. A change that AWS gives up is
// reported, with AWS's words. A rule of a group keeps the list from going.
func TestLargePrefixListThatAGroupUses(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	for _, state := range []string{"create", "modify"} {
		team.prefixListsStay(t, state+"-in-progress", 0)
	}
	var entries []any
	for i := range 150 {
		entries = append(entries, fields{"cidr": fmt.Sprintf("10.0.%d.0/24", i), "description": "a"})
	}
	mark := lastSeq(t)
	o := team.apply(t, "ec2.ManagedPrefixList", "main", prefixListSpec(150, entries...))
	id := o.awaitSynced(t)
	o.wantOneCreate(t, id)
	for i := range entries {
		entries[i].(fields)["description"] = "b"
	}
	o.patch(t, mergePatch(t, fields{"spec": fields{"entries": entries}}))
	o.awaitSynced(t)
	modified := 0
	for _, action := range callsSince(t, team.account, mark) {
		if action == "ModifyManagedPrefixList" {
			modified++
		}
	}
	if modified != 5 {
		t.Errorf("AWS was asked for %d changes, want 1 after the create, and 2 removals with 2 additions", modified)
	}
	small := team.apply(t, "ec2.ManagedPrefixList", "small", prefixListSpec(2))
	smallID := small.awaitSynced(t)
	team.apply(t, "ec2.VPC", "main", vpcSpec()).awaitSynced(t)
	group := team.apply(t, "ec2.SecurityGroup", "web", fields{"name": "web", "description": "d", "vpcRef": ref("main"), "ingressRules": []any{
		fields{"ipProtocol": "-1", "prefixListIDs": []any{fields{"prefixListID": smallID}}},
	}})
	groupID := group.awaitSynced(t)
	small.patch(t, `{"spec":{"maxEntries":100}}`)
	small.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "modify-failed: The size exceeds a quota")
	small.patch(t, `{"spec":{"maxEntries":3}}`)
	small.awaitSynced(t)
	small.delete(t)
	small.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", groupID)
	group.delete(t)
	group.awaitGone(t)
	small.awaitGone(t)
	o.delete(t)
	o.awaitGone(t)
}

// Somebody changes the list between Tack's look and its change, so AWS refuses the change for the old version.
// Tack looks again, and plans the change for the new version.
func TestPrefixListThatSomebodyChangesMeanwhile(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	for _, state := range []string{"create", "modify"} {
		team.prefixListsStay(t, state+"-in-progress", 0)
	}
	o := team.apply(t, "ec2.ManagedPrefixList", "main", prefixListSpec(3, fields{"cidr": "10.0.0.0/16"}))
	id := o.awaitSynced(t)
	mark := lastSeq(t)
	rule := hold(t, team, "ModifyManagedPrefixList", gateway.FaultHoldBefore)
	o.patch(t, mergePatch(t, fields{"spec": prefixListSpec(3, fields{"cidr": "10.1.0.0/16"})}))
	rule.wait(t)
	client := awsec2.NewFromConfig(w.config(t, team.account))
	if _, err := client.ModifyManagedPrefixList(t.Context(), &awsec2.ModifyManagedPrefixListInput{
		PrefixListId: &id, CurrentVersion: aws.Int64(1), AddEntries: []ec2types.AddPrefixListEntry{{Cidr: aws.String("10.2.0.0/16")}},
	}); err != nil {
		t.Fatal(err)
	}
	rule.endRule(t)
	o.awaitSynced(t)
	var codes []string // of the change by somebody, and of both by Tack
	for _, e := range entriesSince(t, team.account, mark) {
		if e.Action == "ModifyManagedPrefixList" {
			codes = append(codes, e.Code)
		}
	}
	if !slices.Equal(codes, []string{"", "PrefixListVersionMismatch", ""}) {
		t.Errorf("AWS answered to the changes of the list with %q", codes)
	}
	shown, err := client.GetManagedPrefixListEntries(t.Context(), &awsec2.GetManagedPrefixListEntriesInput{PrefixListId: &id})
	if err != nil {
		t.Fatal(err)
	}
	if len(shown.Entries) != 1 || *shown.Entries[0].Cidr != "10.1.0.0/16" {
		t.Errorf("the entries are %+v, want 10.1.0.0/16 alone", shown.Entries)
	}
}
