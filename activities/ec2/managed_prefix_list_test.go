package ec2

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/plantest"
)

// gotPrefixList returns a list of two entries in a state, as AWS shows it.
func gotPrefixList(state types.PrefixListState) *prefixList {
	return &prefixList{
		ManagedPrefixList: types.ManagedPrefixList{
			PrefixListId: aws.String("pl-1"), PrefixListArn: aws.String("arn:pl-1"), PrefixListName: aws.String("offices"), OwnerId: aws.String("111122223333"),
			AddressFamily: aws.String("IPv4"), MaxEntries: aws.Int32(3), Version: aws.Int64(7), State: state, StateMessage: aws.String("quota"),
			Tags: []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}},
		},
		Entries: []types.PrefixListEntry{{Cidr: aws.String("10.0.0.0/16"), Description: aws.String("a")}, {Cidr: aws.String("10.1.0.0/16")}},
	}
}

func TestPlanPrefixList(t *testing.T) {
	const base = `name: offices, addressFamily: IPv4, maxEntries: 3`
	const both = base + `, entries: [{cidr: 10.0.0.9/16, description: a}, {cidr: 10.1.0.0/16, description: ""}]`
	ok := gotPrefixList(types.PrefixListStateModifyComplete)
	plantest.Table[*awsec2.Client, ec2v1alpha1.ManagedPrefixListSpec, prefixList]{
		Kind: ManagedPrefixList(), ID: "pl-1", Tags: map[string]string{"env": "dev"},
		Rows: map[string]plantest.Row[prefixList]{
			"new":                 {Spec: `{` + both + `}`},
			"nothing to do":       {Spec: `{` + both + `}`, Got: ok},
			"another description": {Spec: `{` + base + `, entries: [{cidr: 10.0.0.0/16, description: b}, {cidr: 10.1.0.0/16}]}`, Got: ok, Want: []string{"0 Modify: remove 10.0.0.0/16, to add it again with its description (spec.entries)"}},
			"an entry more and another description": {
				Spec: `{` + base + `, entries: [{cidr: 10.0.0.0/16, description: b}, {cidr: 10.1.0.0/16}, {cidr: 10.2.0.0/16}]}`, Got: ok,
				Want: []string{"0 Modify: add 10.2.0.0/16 (spec.entries)"},
			},
			"other entries": {
				Spec: `{` + base + `, entries: [{cidr: 10.2.0.0/16}, {cidr: 10.3.0.0/16}]}`, Got: ok,
				Want: []string{"0 Modify: add 10.2.0.0/16 and 10.3.0.0/16, remove 10.0.0.0/16 and 10.1.0.0/16 (spec.entries)"},
			},
			"larger, with an entry more": {
				Spec: `{name: offices, addressFamily: IPv4, maxEntries: 9, entries: [{cidr: 10.2.0.0/16}]}`, Got: ok,
				Want: []string{"0 Modify: allow 9 entries (spec.maxEntries)"},
			},
			"smaller, with an entry less": {
				Spec: `{name: offices, addressFamily: IPv4, maxEntries: 1, entries: [{cidr: 10.1.0.0/16}]}`, Got: ok,
				Want: []string{"0 Modify: remove 10.0.0.0/16 (spec.entries)"},
			},
			"smaller":  {Spec: `{` + strings.Replace(both, "maxEntries: 3", "maxEntries: 2", 1) + `}`, Got: ok, Want: []string{"0 Modify: allow 2 entries (spec.maxEntries)"}},
			"a rename": {Spec: `{` + strings.Replace(both, "offices", "shops", 1) + `}`, Got: ok, Want: []string{"0 Modify: rename to shops (spec.name)"}},
			"another family, and tags": {
				Spec: `{name: offices, addressFamily: IPv6, maxEntries: 3, entries: [{cidr: 10.0.0.0/16, description: a}, {cidr: 10.1.0.0/16}]}`, Got: ok, Tags: map[string]string{"env": "prod"},
				Want:  []string{"0 Tag: tag env=prod (spec.tags)"},
				Notes: []string{`spec.addressFamily: AWS cannot change it; make a new object, or put back "IPv4"`},
			},
		},
	}.Run(t)
}

// A change that AWS accepted and gave up is reported first. The next try, and an edit, send it again.
func TestPrefixListWhoseChangeFailed(t *testing.T) {
	got := gotPrefixList(types.PrefixListStateModifyFailed)
	want := spec[ec2v1alpha1.ManagedPrefixListSpec](t, `{name: offices, addressFamily: IPv4, maxEntries: 3}`)
	for shown, steps := range map[string]int{"": 0, "modify-in-progress": 0, "modify-failed": 1} {
		draft := planPrefixList(want, got, kind.Case{Status: fmt.Appendf(nil, `{"state":%q}`, shown)})
		if len(draft.Steps) != steps || !draft.InAWS || len(draft.Notes) != 1 || draft.Notes[0] != "AWS gave up a change of pl-1: modify-failed: quota" {
			t.Errorf("the status shows %q: %+v", shown, draft)
		}
	}
}

// After a change that AWS gave up, a spec that says what the list is leads to Synced, with AWS's words as
// advice. AWS keeps the state until its next change, which nothing asks for.
func TestPrefixListWhoseFailedChangeIsTakenBack(t *testing.T) {
	want := spec[ec2v1alpha1.ManagedPrefixListSpec](t, `{name: offices, addressFamily: IPv4, maxEntries: 3, entries: [{cidr: 10.0.0.0/16, description: a}, {cidr: 10.1.0.0/16}]}`)
	for _, state := range []types.PrefixListState{types.PrefixListStateModifyFailed, types.PrefixListStateRestoreFailed, types.PrefixListStateDeleteFailed} {
		for _, shown := range []types.PrefixListState{"", types.PrefixListStateModifyComplete, state} {
			draft := planPrefixList(want, gotPrefixList(state), kind.Case{Status: fmt.Appendf(nil, `{"state":%q}`, shown)})
			wanted := kind.Draft{Advice: []resource.Advice{{Reason: "ChangeFailed", Message: "AWS gave up a change of pl-1: " + string(state) + ": quota"}}}
			if diff := cmp.Diff(wanted, draft); diff != "" {
				t.Errorf("%s, and the status shows %q (-want +got):\n%s", state, shown, diff)
			}
		}
	}
}

// A list of any size is made and changed by calls of at most 100 entries each, with the version that
// AWS has at that time.
func TestPrefixListInBatches(t *testing.T) {
	const n = 250
	var want ec2v1alpha1.ManagedPrefixListSpec
	want.Name, want.AddressFamily, want.MaxEntries = aws.String("offices"), aws.String("IPv4"), aws.Int64(n)
	for i := range n {
		want.Entries = append(want.Entries, &ec2v1alpha1.AddPrefixListEntry{CIDR: aws.String(fmt.Sprintf("10.0.%d.0/24", i)), Description: aws.String("new")})
	}
	in, summary := requestPrefixList(want)
	if len(in.Entries) != 100 || summary != "create the prefix list offices with 100 of 250 entries" {
		t.Errorf("%s: %d entries", summary, len(in.Entries))
	}
	got := gotPrefixList(types.PrefixListStateCreateComplete)
	got.MaxEntries, got.Entries = aws.Int32(n), nil
	for i := range n { // half with another description, half elsewhere
		got.Entries = append(got.Entries, types.PrefixListEntry{Cidr: aws.String(fmt.Sprintf("10.%d.%d.0/24", i%2, i)), Description: aws.String("old")})
	}
	var calls []string
	for range 20 {
		draft := planPrefixList(want, got, kind.Case{})
		if len(draft.Steps) == 0 {
			break
		}
		var in awsec2.ModifyManagedPrefixListInput
		if err := json.Unmarshal(draft.Steps[0].Input, &in); err != nil || *in.CurrentVersion != *got.Version || in.MaxEntries != nil {
			t.Fatalf("%+v: %v", in, err)
		}
		calls = append(calls, fmt.Sprintf("+%d -%d", len(in.AddEntries), len(in.RemoveEntries)))
		got.modify(t, in)
		if len(got.Entries) > n {
			t.Fatalf("the list has %d entries", len(got.Entries))
		}
	}
	if fmt.Sprint(calls) != "[+100 -100 +25 -25 +0 -100 +100 -0 +0 -25 +25 -0]" || len(got.Entries) != n {
		t.Errorf("calls %v, then %d entries", calls, len(got.Entries))
	}
}

// modify carries out a change of entries as AWS does.
func (got *prefixList) modify(t *testing.T, in awsec2.ModifyManagedPrefixListInput) {
	t.Helper()
	has := map[string]types.PrefixListEntry{}
	for _, e := range got.Entries {
		has[*e.Cidr] = e
	}
	for _, e := range in.RemoveEntries {
		delete(has, *e.Cidr)
	}
	for _, e := range in.AddEntries {
		if _, twice := has[*e.Cidr]; twice {
			t.Errorf("%s is added twice", *e.Cidr)
		}
		has[*e.Cidr] = types.PrefixListEntry{Cidr: e.Cidr, Description: e.Description}
	}
	got.Entries, *got.Version = nil, *got.Version+1
	for _, e := range has {
		got.Entries = append(got.Entries, e)
	}
}

func TestPrefixListStates(t *testing.T) {
	facts := definition[ec2v1alpha1.ManagedPrefixListSpec, prefixList](ManagedPrefixList()).Facts
	for _, state := range types.PrefixListState("").Values() {
		f := facts(gotPrefixList(state))
		got := ""
		for what, wait := range map[string]any{"pending": f.Pending, "failed": f.Failed, "held": f.Held, "gone": f.Gone} {
			if s := fmt.Sprint(wait); s != "<nil>" && s != "false" {
				got += what
			}
		}
		want := map[types.PrefixListState]string{
			"create-in-progress": "pending", "modify-in-progress": "pending", "restore-in-progress": "pending", "delete-in-progress": "pending",
			"create-failed": "failed", "delete-failed": "held", "delete-complete": "gone",
		}[state]
		if got != want {
			t.Errorf("%s: %q, want %q", state, got, want)
		}
	}
}
