package kind_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/resource"
)

// Somebody changes the claim and removes the tags in AWS. Only the status still names the resource:
// nothing is created beside it, and the object is not released without it.
func TestUntaggedResourceInTheStatus(t *testing.T) {
	const own = "vpc-0123456789abcdef0"
	in := observing("ec2.VPC", "vpc-1", `{"cidrBlocks":["10.0.0.0/16"]}`)
	vpc := func(owner string) string {
		return fmt.Sprintf("<DescribeVpcsResponse><vpcSet><item><vpcId>%s</vpcId><cidrBlock>10.0.0.0/16</cidrBlock><tagSet><item><key>%s</key><value>%s</value></item></tagSet></item></vpcSet></DescribeVpcsResponse>", own, resource.TagOwner, owner)
	}
	const none, attribute = "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>", "<DescribeVpcAttributeResponse><enableDnsSupport><value>true</value></enableDnsSupport></DescribeVpcAttributeResponse>"
	forged, open := *in.Object.Claim, *in.Object.Claim
	open.ID = ""
	for name, test := range map[string]struct {
		claim *resource.Claim
		doubt *resource.Doubt
		reads int // before the one by the id in the status
	}{
		"an edited claim":      {&forged, nil, 2},
		"an open claim":        {&open, nil, 1},
		"an overwritten claim": {nil, &resource.Doubt{Lost: true}, 1},
	} {
		for found, want := range map[string]string{
			vpc(""):                    "NotOwned",
			vpc(in.Object.Owner.Tag()): own,
			vpc("i/c/ec2.VPC/n/other"): "nothing",
			none:                       "nothing",
		} {
			for _, how := range []string{"living", "deleting", "retaining"} {
				c := newCrew(t, 0, ec2.Kinds()...)
				in := in
				in.Object.Claim, in.Object.Doubt, in.Object.Shown = test.claim, test.doubt, own
				in.Object.Deleting, in.Object.Retain = how != "living", how == "retaining"
				in.Since = time.Now().Add(-time.Hour)
				c.aws.says = map[string][]string{"DescribeVpcAttribute": {attribute}, "DescribeVpcs": append(strings.Split(strings.Repeat(none+"\n", test.reads), "\n")[:test.reads], found)}
				plan, err := c.observe(t, in)
				if err != nil {
					t.Fatal(err)
				}
				got := "nothing"
				switch {
				case plan.Problem != nil:
					got = plan.Problem.Reason
				case plan.ID != "":
					got = plan.ID
				}
				want := want
				if want == "NotOwned" && how == "retaining" {
					want = "nothing" // it stays as it is
				}
				if created := plan.Create != nil; got != want || created != (got == "nothing" && how == "living") {
					t.Errorf("%s, %s, AWS shows %.150s: %s, created %t; want %s", name, how, found, got, created, want)
				}
			}
		}
	}
}

// A resource that another owner's tag is on is not deleted. The finalizer is removed if the object
// keeps its resource, or if only its status names that one. Before, AWS lists nothing with the
// object's own tag.
func TestDeletionOfAnothers(t *testing.T) {
	const id = "vpc-0123456789abcdef0"
	const none = "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>"
	anothers := strings.ReplaceAll("<DescribeVpcsResponse><vpcSet><item><vpcId>"+id+"</vpcId><tagSet><item><key>KEY</key><value>i/c/ec2.VPC/n/other</value></item></tagSet></item></vpcSet></DescribeVpcsResponse>", "KEY", resource.TagOwner)
	lost := &resource.Doubt{ID: id, Lost: true}
	for name, test := range map[string]struct {
		doubt  *resource.Doubt
		retain bool
		waited time.Duration
		want   string
	}{
		"recorded":                    {nil, false, time.Hour, "OwnedByAnother"},
		"recorded, retained":          {nil, true, time.Hour, ""},
		"the claim is lost":           {lost, false, time.Hour, ""},
		"the claim was lost just now": {lost, false, 0, "ClaimLost"},
		"never ours":                  {&resource.Doubt{ID: id}, false, time.Hour, "OtherController"},
	} {
		c := newCrew(t, 0, ec2.Kinds()...)
		in := observing("ec2.VPC", id, `{"cidrBlocks":["10.0.0.0/16"]}`)
		in.Object.Deleting, in.Object.Retain, in.Object.Doubt, in.Object.Shown, in.Since = true, test.retain, test.doubt, id, time.Now().Add(-test.waited)
		if test.doubt != nil {
			in.Object.Claim = nil
		}
		c.aws.says = map[string][]string{"DescribeVpcs": {anothers, none}}
		plan, err := c.observe(t, in)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		switch {
		case plan.Problem != nil:
			got = plan.Problem.Reason
		case plan.Wait != nil:
			got = plan.Wait.Reason
		}
		if got != test.want || len(plan.Steps) > 0 || got == "" && plan.ID != "" {
			t.Errorf("%s: %q, want %q; plan %+v", name, got, test.want, plan)
		}
	}
}
