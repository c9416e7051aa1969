package describe

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/aws/sharing"
	"github.com/tack-dev/tack/resource"
)

// scoped are credentials whose reads are shared.
type scoped struct {
	credentials.StaticCredentialsProvider
	scope sharing.Scope
}

func (s scoped) Scope() sharing.Scope { return s.scope }

func clientIn(s sharing.Scope) *awsec2.Client {
	return awsec2.New(awsec2.Options{Region: "eu-west-1", Credentials: scoped{credentials.NewStaticCredentialsProvider("k", "s", ""), s}})
}

// filtering returns a list that answers with the subnets whose id or owner the filters name,
// as AWS does, and records the filters.
func filtering(all []types.Subnet) (list List[types.Subnet], asked *[]string) {
	list, asked = Subnets, &[]string{}
	var mu sync.Mutex
	list.Read = func(_ context.Context, _ *awsec2.Client, by []types.Filter) (found []types.Subnet, err error) {
		time.Sleep(10 * time.Millisecond)
		words := ""
		for _, f := range by {
			words += fmt.Sprintf("%s=%s ", *f.Name, f.Values)
		}
		mu.Lock()
		defer mu.Unlock()
		*asked = append(*asked, words)
		for _, s := range all {
			if !slices.ContainsFunc(by, func(f types.Filter) bool {
				shown := list.shows(*f.Name)
				return shown != nil && !slices.Contains(f.Values, Filter("", shown(s)).Values[0])
			}) {
				found = append(found, s)
			}
		}
		return found, nil
	}
	return list, asked
}

func ownedBy(id string, o resource.Owner) types.Subnet {
	return types.Subnet{SubnetId: aws.String(id), Tags: []types.Tag{{Key: aws.String(resource.TagOwner), Value: aws.String(o.Tag())}}}
}

func owner(name string) resource.Owner {
	return resource.Owner{Install: "i", Ref: resource.Ref{Kind: "k", Cluster: "c", Namespace: "n", Name: name}}
}

// Look-ups by owner share a call, also where a name has the characters of a pattern. So do look-ups
// by id; the two do not mix.
func TestFindsShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		names := []string{"first", `a\b`, "a*b", "a?b", "absent"}
		var all []types.Subnet
		for _, name := range names[:4] {
			all = append(all, ownedBy("subnet-"+name, owner(name)))
		}
		list, asked := filtering(all)
		client := clientIn(sharing.NewHub().Scope("a"))
		var group sync.WaitGroup
		for _, name := range names {
			group.Go(func() {
				got, err := list.Find(t.Context(), client, "", owner(name))
				if err != nil || (got == nil) != (name == "absent") || got != nil && *got.SubnetId != "subnet-"+name {
					t.Errorf("the subnet of %s: %v, %v", name, got, err)
				}
			})
			synctest.Wait()
		}
		group.Go(func() {
			if got, err := list.Find(t.Context(), client, "subnet-a*b", owner("other")); err != nil || got == nil {
				t.Errorf("the subnet by its id: %v, %v", got, err)
			}
		})
		group.Wait()
		slices.Sort(*asked)
		tag := "tag:" + resource.TagOwner
		if diff := cmp.Diff([]string{`subnet-id=[subnet-a\*b] `, tag + `=[i/c/k/n/a\\b i/c/k/n/a\*b i/c/k/n/a\?b i/c/k/n/absent] `, tag + "=[i/c/k/n/first] "}, *asked); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
	})
}

// Reads share a call only where all other filters are equal, and those stay as they are.
func TestOtherFilters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list, asked := filtering(nil)
		client := clientIn(sharing.NewHub().Scope("a"))
		var group sync.WaitGroup
		for _, by := range [][]types.Filter{
			{Filter("state", "available"), Filter("subnet-id", "subnet-1")},
			{Filter("state", "available"), Filter("subnet-id", "subnet-2")},
			{Filter("state", "available"), Filter("subnet-id", "subnet-3")},
			{Filter("state", "pending"), Filter("subnet-id", "subnet-4")},
			{Filter("subnet-id", "subnet-5", "subnet-6")}, // asked for together: as today
			{Filter("vpc-id", "vpc-1")},                   // it is not known what shows it
			{{Name: aws.String("subnet-id"), Values: []string{"subnet-*"}}},
		} {
			group.Go(func() {
				if _, err := list.By(t.Context(), client, by...); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		group.Wait()
		slices.Sort(*asked)
		if diff := cmp.Diff([]string{
			"state=[available] subnet-id=[subnet-1] ", "state=[available] subnet-id=[subnet-2 subnet-3] ", "state=[pending] subnet-id=[subnet-4] ",
			"subnet-id=[subnet-*] ", "subnet-id=[subnet-5 subnet-6] ", "vpc-id=[vpc-1] ",
		}, *asked); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
	})
}

// A list that AWS cannot filter by tag is read whole, by each for itself.
func TestWholeListsAreNotShared(t *testing.T) {
	list, _ := filtering(nil)
	list.NoTagFilter = true
	if list.divides(OwnedBy(owner("a"), resource.TagOwner)) {
		t.Error("a list without a filter by tag is divided by it")
	}
	list, _ = filtering(nil)
	list.ID = ""
	if list.divides(Filter("", "subnet-1")) {
		t.Error("a list without a filter by id is divided by it")
	}
	if scopeOf(nil).Shared() || scopeOf(awsec2.New(awsec2.Options{Credentials: credentials.NewStaticCredentialsProvider("k", "s", "")})).Shared() {
		t.Error("clients without a session share reads")
	}
}
