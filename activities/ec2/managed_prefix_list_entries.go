package ec2

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/cidr"
	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// entriesPerCall is how many entries AWS adds, and how many it removes, in one call.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html
const entriesPerCall = 100

// requestPrefixList creates the list with its first entries. The others follow when AWS has created it.
func requestPrefixList(want ec2v1alpha1.ManagedPrefixListSpec) (in awsec2.CreateManagedPrefixListInput, summary string) {
	in = prefixListRequest(want)
	in.Entries = in.Entries[:min(entriesPerCall, len(in.Entries))]
	return in, fmt.Sprintf("create the prefix list %s with %d of %d entries", aws.ToString(want.Name), len(in.Entries), len(want.Entries))
}

// nextChange returns the next call that brings the list closer to the spec, in words; empty: there is
// none. AWS changes either the size or the entries in one call, so the size grows before the entries
// and shrinks after them. A list of its version refuses a change that was planned for another.
func nextChange(want ec2v1alpha1.ManagedPrefixListSpec, got *prefixList) (in awsec2.ModifyManagedPrefixListInput, summary, path string) {
	size, is := optional.Int32(want.MaxEntries), aws.ToInt32(got.MaxEntries)
	diff := compareEntries(want.Entries, got.Entries)
	switch {
	case size != nil && *size > is:
		in.MaxEntries = size
		return in, fmt.Sprintf("allow %d entries", *size), "spec.maxEntries"
	case len(diff.missing)+len(diff.surplus) > 0:
		in.AddEntries, in.RemoveEntries = first(diff.missing), first(diff.surplus)
		summary, path = strings.TrimPrefix(entriesInWords("add", added(in.AddEntries))+entriesInWords("remove", removed(in.RemoveEntries)), ", "), "spec.entries"
	case len(diff.changed) > 0:
		// AWS refuses a block that is in both lists of a call: the next round adds it again.
		in.RemoveEntries = first(diff.changed)
		summary, path = strings.TrimPrefix(entriesInWords("remove", removed(in.RemoveEntries)), ", ")+", to add it again with its description", "spec.entries"
	case size != nil && *size < is:
		in.MaxEntries = size
		return in, fmt.Sprintf("allow %d entries", *size), "spec.maxEntries"
	case optional.Given(want.Name) && *want.Name != aws.ToString(got.PrefixListName):
		in.PrefixListName = want.Name
		return in, "rename to " + *want.Name, "spec.name"
	default:
		return in, "", ""
	}
	in.CurrentVersion = got.Version
	return in, summary, path
}

// entriesDiff is how the entries of a list differ from a spec. changed have another description.
type entriesDiff struct {
	missing          []types.AddPrefixListEntry
	surplus, changed []types.RemovePrefixListEntry
}

func compareEntries(want []*ec2v1alpha1.AddPrefixListEntry, got []types.PrefixListEntry) (diff entriesDiff) {
	wanted := map[string]string{}
	for _, e := range want {
		wanted[cidr.Network(aws.ToString(e.CIDR))] = aws.ToString(e.Description)
	}
	shown := map[string]bool{}
	for _, e := range got {
		block := cidr.Network(aws.ToString(e.Cidr))
		shown[block] = true
		description, keeps := wanted[block]
		switch {
		case !keeps:
			diff.surplus = append(diff.surplus, types.RemovePrefixListEntry{Cidr: e.Cidr})
		case description != aws.ToString(e.Description):
			diff.changed = append(diff.changed, types.RemovePrefixListEntry{Cidr: e.Cidr})
		}
	}
	for _, e := range want {
		if !shown[cidr.Network(aws.ToString(e.CIDR))] {
			diff.missing = append(diff.missing, types.AddPrefixListEntry{Cidr: e.CIDR, Description: optional.Text(e.Description)})
		}
	}
	return diff
}

func first[E any](entries []E) []E { return entries[:min(entriesPerCall, len(entries))] }

func added(entries []types.AddPrefixListEntry) (blocks []string) {
	for _, e := range entries {
		blocks = append(blocks, aws.ToString(e.Cidr))
	}
	return blocks
}

func removed(entries []types.RemovePrefixListEntry) (blocks []string) {
	for _, e := range entries {
		blocks = append(blocks, aws.ToString(e.Cidr))
	}
	return blocks
}

// entriesInWords names some blocks, or says how many there are.
func entriesInWords(verb string, blocks []string) string {
	switch {
	case len(blocks) == 0:
		return ""
	case len(blocks) > 3:
		return fmt.Sprintf(", %s %d entries", verb, len(blocks))
	}
	return ", " + verb + " " + strings.Join(blocks, " and ")
}

// checkPrefixList foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateManagedPrefixList.html
func checkPrefixList(want ec2v1alpha1.ManagedPrefixListSpec) []kind.Invalid {
	var f findings
	if name := aws.ToString(want.Name); name == "" || len(name) > 255 || strings.HasPrefix(name, "com.amazonaws") {
		f.Add("spec.name", refusal.Says(refusal.BadValue, refusal.ValueSaid), "%.60q: AWS allows 1 to 255 characters that do not start with com.amazonaws", name)
	}
	family := aws.ToString(want.AddressFamily)
	if family != "IPv4" && family != "IPv6" {
		f.Add("spec.addressFamily", refusal.Says(refusal.BadValue, refusal.ValueSaid), "%q: AWS allows IPv4 and IPv6", family)
		return f.All
	}
	switch size := aws.ToInt64(want.MaxEntries); {
	case size < 1:
		f.Add("spec.maxEntries", refusal.Says(refusal.BadValue, refusal.ValueSaid), "a list needs room for one entry at least")
	case int64(len(want.Entries)) > size:
		f.Add("spec.entries", refusal.Says("PrefixListMaxEntriesExceeded", "The number of entries exceeds the maximum number of entries for the prefix list."), "has %d entries: spec.maxEntries is %d", len(want.Entries), size)
	}
	seen := map[string]bool{}
	for i, e := range want.Entries {
		path := fmt.Sprintf("spec.entries[%d].cidr", i)
		if e == nil {
			e = &ec2v1alpha1.AddPrefixListEntry{}
		}
		if !f.CIDR(path, e.CIDR, family, refusal.NotCIDR("Cidr")) {
			continue
		}
		if block := cidr.Network(*e.CIDR); seen[block] {
			f.Add(path, refusal.Says(refusal.BadValue, "Duplicate entry %s", *e.CIDR), "%s is already in the list", block)
		} else {
			seen[block] = true
		}
	}
	return f.All
}
