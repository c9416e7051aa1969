package kind_test

import (
	"fmt"
	"testing"

	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/resource"
)

// An edited claim may have any number. The resource that is found instead gets the higher number of
// claim and tags: the object rejects the record of a lower one.
func TestSuccessorOfAnEditedClaim(t *testing.T) {
	c := newCrew(t, 0, ec2.Kinds()...)
	for name, test := range map[string]struct {
		claim, tagged, want int
	}{
		"a higher number": {5, 1, 5},
		"a lower number":  {1, 3, 3},
		"the same":        {2, 2, 2},
	} {
		in := observing("ec2.Instance", "i-9", `{"imageID":"ami-1"}`)
		in.Object.Claim.Incarnation = test.claim
		c.aws.says = map[string][]string{"DescribeInstances": {
			`<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>`, // of the claim's id
			fmt.Sprintf(`<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><instanceState><name>running</name></instanceState>
				<tagSet><item><key>%s</key><value>%s</value></item><item><key>%s</key><value>u/%d</value></item></tagSet></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`,
				resource.TagOwner, in.Object.Owner.Tag(), resource.TagUID, test.tagged),
		}}
		plan, err := c.observe(t, in)
		if err != nil || plan.Incarnation != test.want || plan.ID != "i-1" || plan.Create != nil {
			t.Errorf("%s: plan %+v, error %v; want incarnation %d", name, plan, err, test.want)
		}
	}
}

// A search for an unclear create names the incarnation that the tags name, if the claim has a lower
// one.
func TestFindNamesTheIncarnation(t *testing.T) {
	c := newCrew(t, 0, ec2.Kinds()...)
	in := observing("ec2.VPC", "", `{"cidrBlocks":["10.0.0.0/16"]}`)
	c.aws.says = map[string][]string{"DescribeVpcs": {fmt.Sprintf(`<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId>
		<tagSet><item><key>%s</key><value>%s</value></item><item><key>%s</key><value>u/3</value></item></tagSet></item></vpcSet></DescribeVpcsResponse>`,
		resource.TagOwner, in.Object.Owner.Tag(), resource.TagUID)}, "DescribeVpcAttribute": {attribute}}
	value, err := c.env.ExecuteActivity("ec2.VPC/Find", in)
	var found resource.Found
	if err != nil || value.Get(&found) != nil || found != (resource.Found{ID: "vpc-1", Incarnation: 3}) {
		t.Errorf("found %+v, %v; want vpc-1 of incarnation 3", found, err)
	}
}
