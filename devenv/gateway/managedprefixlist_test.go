package gateway

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// prefixListsStay lets prefix lists stay in a state for an hour, or ends that.
func (a *account) prefixListsStay(state string, on bool) {
	a.t.Helper()
	t := StateTime{Account: a.id, Type: "prefix-list", State: state}
	if on {
		t.Milliseconds = time.Hour.Milliseconds()
	}
	if err := a.SetStateTime(a.ctx(), t); err != nil {
		a.t.Fatal(err)
	}
}

func (a *account) prefixList(id *string) types.ManagedPrefixList {
	a.t.Helper()
	return must[*ec2.DescribeManagedPrefixListsOutput](a)(a.ec2.DescribeManagedPrefixLists(a.ctx(), &ec2.DescribeManagedPrefixListsInput{PrefixListIds: []string{*id}})).PrefixLists[0]
}

// newPrefixList returns the id of a list with n entries, up to 100.
func (a *account) newPrefixList(n int, most int32) *string {
	a.t.Helper()
	for _, state := range []string{"create", "modify", "delete"} {
		a.prefixListsStay(state+"-in-progress", false)
	}
	in := ec2.CreateManagedPrefixListInput{PrefixListName: aws.String("a"), AddressFamily: aws.String("IPv4"), MaxEntries: &most, Entries: entriesFrom(0, n)}
	return must[*ec2.CreateManagedPrefixListOutput](a)(a.ec2.CreateManagedPrefixList(a.ctx(), &in)).PrefixList.PrefixListId
}

func entriesFrom(start, n int) (entries []types.AddPrefixListEntry) {
	for i := range n {
		entries = append(entries, types.AddPrefixListEntry{Cidr: aws.String(fmt.Sprintf("10.%d.%d.0/24", (start+i)/250, (start+i)%250))})
	}
	return entries
}

func TestManagedPrefixListEntries(t *testing.T) {
	a := newAccount(t)
	id := a.newPrefixList(100, 150)
	remove := []types.RemovePrefixListEntry{{Cidr: aws.String("10.0.0.0/24")}}
	modify := func(change func(*ec2.ModifyManagedPrefixListInput)) error {
		in := &ec2.ModifyManagedPrefixListInput{PrefixListId: id, CurrentVersion: a.prefixList(id).Version}
		change(in)
		_, err := a.ec2.ModifyManagedPrefixList(a.ctx(), in)
		return err
	}
	for what, test := range map[string]struct {
		code   string
		change func(*ec2.ModifyManagedPrefixListInput)
	}{
		"another version":  {"PrefixListVersionMismatch", func(in *ec2.ModifyManagedPrefixListInput) { in.RemoveEntries, *in.CurrentVersion = remove, 9 }},
		"size and entries": {"InvalidParameterCombination", func(in *ec2.ModifyManagedPrefixListInput) { in.RemoveEntries, in.MaxEntries = remove, aws.Int32(150) }},
		"one block twice": {"InvalidParameterValue", func(in *ec2.ModifyManagedPrefixListInput) {
			in.RemoveEntries, in.AddEntries = remove, entriesFrom(0, 1)
		}},
		"a block that is there": {"InvalidParameterValue", func(in *ec2.ModifyManagedPrefixListInput) { in.AddEntries = entriesFrom(1, 1) }},
		"a large batch":         {"InvalidParameterValue", func(in *ec2.ModifyManagedPrefixListInput) { in.AddEntries = entriesFrom(200, 101) }},
		"too many":              {"PrefixListMaxEntriesExceeded", func(in *ec2.ModifyManagedPrefixListInput) { in.AddEntries = entriesFrom(200, 51) }},
		"too small":             {"PrefixListMaxEntriesExceeded", func(in *ec2.ModifyManagedPrefixListInput) { in.MaxEntries = aws.Int32(99) }},
	} {
		a.wantRefused(what, modify(test.change), http.StatusBadRequest, test.code)
	}
	if err := modify(func(in *ec2.ModifyManagedPrefixListInput) {
		in.AddEntries, in.RemoveEntries = entriesFrom(200, 50), remove
	}); err != nil {
		t.Fatal(err)
	}
	a.prefixList(id) // ends the first change
	a.prefixListsStay("modify-in-progress", true)
	if err := modify(func(in *ec2.ModifyManagedPrefixListInput) { in.MaxEntries = aws.Int32(200) }); err != nil {
		t.Fatal(err)
	}
	if got := a.prefixList(id); got.State != "modify-in-progress" || *got.Version != 2 || *got.PrefixListName != "a" {
		t.Errorf("while it changes: %+v", got)
	}
	a.wantRefused("another change", modify(func(in *ec2.ModifyManagedPrefixListInput) { in.RemoveEntries = remove }), http.StatusBadRequest, "IncorrectState")
	a.prefixListsStay("modify-in-progress", false)
	if got := a.prefixList(id); got.State != "modify-complete" || *got.MaxEntries != 200 {
		t.Errorf("after the change: %+v", got)
	}
	in := ec2.GetManagedPrefixListEntriesInput{PrefixListId: id}
	one := must[*ec2.GetManagedPrefixListEntriesOutput](a)(a.ec2.GetManagedPrefixListEntries(a.ctx(), &in))
	in.NextToken = one.NextToken
	two := must[*ec2.GetManagedPrefixListEntriesOutput](a)(a.ec2.GetManagedPrefixListEntries(a.ctx(), &in))
	if len(one.Entries) != 100 || len(two.Entries) != 49 || two.NextToken != nil {
		t.Errorf("pages of %d and %d entries", len(one.Entries), len(two.Entries))
	}
}

func TestManagedPrefixListIsHeld(t *testing.T) {
	a := newAccount(t)
	id, group := a.newPrefixList(1, 10), a.group(a.vpc(), "g")
	must[[]types.SecurityGroupRule](a)(a.authorize(group, types.IpPermission{IpProtocol: aws.String("-1"), PrefixListIds: []types.PrefixListId{{PrefixListId: id}}}))
	users := must[*ec2.GetManagedPrefixListAssociationsOutput](a)(a.ec2.GetManagedPrefixListAssociations(a.ctx(), &ec2.GetManagedPrefixListAssociationsInput{PrefixListId: id})).PrefixListAssociations
	if len(users) != 1 || *users[0].ResourceId != group || *users[0].ResourceOwner != a.id {
		t.Errorf("it is used by %+v", users)
	}
	_, err := a.ec2.DeleteManagedPrefixList(a.ctx(), &ec2.DeleteManagedPrefixListInput{PrefixListId: id})
	a.wantRefused("deleting it", err, http.StatusBadRequest, "IncorrectState")
	must[*ec2.ModifyManagedPrefixListOutput](a)(a.ec2.ModifyManagedPrefixList(a.ctx(), &ec2.ModifyManagedPrefixListInput{PrefixListId: id, MaxEntries: aws.Int32(100)}))
	if got := a.prefixList(id); got.State != "modify-failed" || *got.MaxEntries != 10 || got.StateMessage == nil {
		t.Errorf("larger than the quota of its group: %+v", got)
	}
}
