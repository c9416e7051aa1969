package ec2

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/shape"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	createPrefixList = defaults.Creates(describe.PrefixLists, (*awsec2.Client).CreateManagedPrefixList)
	modifyPrefixList = call.To("Modify", (*awsec2.Client).ModifyManagedPrefixList)
	deletePrefixList = call.Delete((*awsec2.Client).DeleteManagedPrefixList).HeldBy(prefixListHolders, prefixListInUse)
)

var prefixListRequest = shape.Request[awsec2.CreateManagedPrefixListInput, ec2v1alpha1.ManagedPrefixListSpec](shape.As("name", "PrefixListName"))

// prefixList is a prefix list with its entries, which AWS shows by another call.
type prefixList struct {
	types.ManagedPrefixList
	Entries []types.PrefixListEntry
}

// ManagedPrefixList manages a list of CIDR blocks. AWS carries out one change of a list after
// another, each in the background: a plan has one change at most, and waits for its end.
func ManagedPrefixList() kind.Kind {
	return defaults.Of(describe.PrefixLists, createPrefixList, deletePrefixList, defaults.Definition[ec2v1alpha1.ManagedPrefixListSpec, prefixList]{
		Kind:   "ec2.ManagedPrefixList",
		Check:  checkPrefixList,
		Find:   describe.Finder(describe.PrefixLists, withEntries),
		Facts:  prefixListFacts,
		Create: defaults.Sends(createPrefixList, requestPrefixList),
		Plan:   planPrefixList,
		Later:  laterPrefixList,
		Status: shape.Shown[ec2v1alpha1.ManagedPrefixListStatus, prefixList](shape.As("id", "PrefixListId")),
		Spec:   shape.Spec[ec2v1alpha1.ManagedPrefixListSpec, prefixList](shape.As("name", "PrefixListName")),
		Fixed:  fixed.Of[ec2v1alpha1.ManagedPrefixListSpec, prefixList]("addressFamily"),
		Calls:  call.All(modifyPrefixList),

		NaturalKey: true, // the token
	})
}

func withEntries(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.ManagedPrefixListSpec], found types.ManagedPrefixList) (*prefixList, error) {
	got := &prefixList{ManagedPrefixList: found}
	if q.Deleting || !strings.HasSuffix(string(found.State), "-complete") && !failedChange(got) {
		return got, nil // nothing compares them now
	}
	entries, err := describe.PrefixListEntries(ctx, client, aws.ToString(found.PrefixListId))
	got.Entries = entries
	return got, err
}

func prefixListHolders(ctx context.Context, client *awsec2.Client, in *awsec2.DeleteManagedPrefixListInput) ([]string, error) {
	return describe.PrefixListUsers(ctx, client, aws.ToString(in.PrefixListId))
}

// prefixListInUse is AWS's answer to the delete of a list to which a rule or a route refers.
func prefixListInUse(in *awsec2.DeleteManagedPrefixListInput) (code, message string) {
	return "IncorrectState", fmt.Sprintf("The prefix list %s is referenced by other resources", aws.ToString(in.PrefixListId))
}

func prefixListFacts(got *prefixList) (facts kind.Facts) {
	id := aws.ToString(got.PrefixListId)
	switch got.State {
	case types.PrefixListStateDeleteComplete:
		facts.Gone = true
	case types.PrefixListStateDeleteInProgress:
		facts.Pending = &resource.Wait{Reason: resource.ReasonDeleting, Message: id + " is being deleted"}
	case types.PrefixListStateDeleteFailed:
		facts.Held = &resource.Wait{Reason: resource.ReasonFailed, Message: "AWS could not delete " + id + stateWords(got)}
	case types.PrefixListStateCreateFailed:
		facts.Failed = &resource.Wait{Reason: resource.ReasonFailed, Message: "AWS could not create " + id + stateWords(got) + defaults.NextTry}
	case types.PrefixListStateCreateInProgress, types.PrefixListStateModifyInProgress, types.PrefixListStateRestoreInProgress:
		facts.Pending = kind.Pending("%s is in state %s", id, got.State)
	case types.PrefixListStateCreateComplete, types.PrefixListStateModifyComplete, types.PrefixListStateModifyFailed,
		types.PrefixListStateRestoreComplete, types.PrefixListStateRestoreFailed:
	}
	return facts
}

// stateWords returns AWS's words about a state.
func stateWords(got *prefixList) string {
	if text := aws.ToString(got.StateMessage); text != "" {
		return ": " + text
	}
	return ""
}

// failedChange reports whether AWS gave up the last change: the list is as it was before.
func failedChange(got *prefixList) bool {
	return strings.HasSuffix(string(got.State), "-failed")
}

// planPrefixList plans the next change. A change that AWS accepted and gave up is reported first: the
// status that shows it distinguishes the next try from the same one. AWS shows that state until the
// next change, also after an edit that takes the spec back: it is then only advice.
func planPrefixList(want ec2v1alpha1.ManagedPrefixListSpec, got *prefixList, c kind.Case) (draft kind.Draft) {
	if got == nil {
		return draft // the list takes changes only after its create is complete
	}
	in, summary, path := nextChange(want, got)
	if failedChange(got) {
		words := fmt.Sprintf("AWS gave up a change of %s: %s%s", aws.ToString(got.PrefixListId), got.State, stateWords(got))
		if summary == "" {
			draft.Advice = []resource.Advice{{Reason: resource.ReasonChangeFailed, Message: words}}
			return draft
		}
		draft.Notes, draft.InAWS = []string{words}, true
		var shown struct{ State string }
		if json.Unmarshal(c.Status, &shown) != nil || shown.State != string(got.State) {
			return draft
		}
	}
	if summary == "" {
		return draft
	}
	in.PrefixListId = got.PrefixListId
	step := modifyPrefixList.Step(summary, in)
	step.Path = path
	draft.Steps = []resource.Step{step}
	return draft
}
