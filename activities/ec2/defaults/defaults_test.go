package defaults

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/resource"
)

type (
	spec struct {
		VPCID *string `json:"vpcID"`
	}
	// wide is a subnet with what a kind reads besides.
	wide struct {
		types.Subnet
		tables int
	}
)

var (
	createSubnet = Creates(describe.Subnets, (*awsec2.Client).CreateSubnet)
	deleteSubnet = call.Delete((*awsec2.Client).DeleteSubnet)
	shownSubnet  = types.Subnet{
		SubnetId: aws.String("subnet-1"), SubnetArn: aws.String("arn"), Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("1")}},
	}
)

func TestFactsAreTheKindsAndTheLists(t *testing.T) {
	plain := Of(describe.Subnets, createSubnet, deleteSubnet, Definition[spec, types.Subnet]{}).(Definition[spec, types.Subnet])
	want := kind.Facts{ID: "subnet-1", ARN: "arn", Tags: map[string]string{"a": "1"}}
	if diff := cmp.Diff(want, plain.Facts(&shownSubnet)); diff != "" {
		t.Errorf("without facts of the kind (-want +got):\n%s", diff)
	}
	held := Of(describe.Subnets, createSubnet, deleteSubnet, Definition[spec, wide]{
		Facts: func(got *wide) kind.Facts { return kind.Facts{Gone: got.tables == 0} },
	}).(Definition[spec, wide])
	want.Gone = true
	if diff := cmp.Diff(want, held.Facts(&wide{Subnet: shownSubnet})); diff != "" {
		t.Errorf("with facts of the kind (-want +got):\n%s", diff)
	}
}

func TestOwnedOnlyWithoutANaturalKey(t *testing.T) {
	for natural, want := range map[bool]bool{true: false, false: true} {
		d := Of(describe.Subnets, createSubnet, deleteSubnet, Definition[spec, wide]{NaturalKey: natural}).(Definition[spec, wide])
		if got := d.Owned != nil; got != want {
			t.Errorf("natural key %t: owned %t, want %t", natural, got, want)
		}
	}
}

func TestCallsAreTheKindsBetweenCreateAndDelete(t *testing.T) {
	modify := call.To("Modify", (*awsec2.Client).ModifySubnetAttribute)
	d := Of(describe.Subnets, createSubnet, deleteSubnet, Definition[spec, wide]{Calls: call.All(modify)}).(Definition[spec, wide])
	var got []string
	for _, c := range d.Calls {
		got = append(got, c.Verb)
	}
	if diff := cmp.Diff([]string{"Create", "Modify", "Delete"}, got); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestDelete(t *testing.T) {
	for name, test := range map[string]struct {
		step    resource.Step
		summary string
		input   string
	}{
		"by its id": {Delete(describe.Subnets, deleteSubnet, shownSubnet), "delete subnet subnet-1", `{"SubnetId":"subnet-1"}`},
		"by a list of ids": {
			Delete(describe.VPCEndpoints, call.Delete((*awsec2.Client).DeleteVpcEndpoints), types.VpcEndpoint{VpcEndpointId: aws.String("vpce-1")}),
			"delete endpoint vpce-1", `{"VpcEndpointIds":["vpce-1"]}`,
		},
	} {
		if test.step.Verb != "Delete" || test.step.Summary != test.summary || string(test.step.Input) != test.input {
			t.Errorf("%s: %s %q %s", name, test.step.Verb, test.step.Summary, test.step.Input)
		}
	}
}

func TestACreateHasItsTokenAndItsTags(t *testing.T) {
	making := kind.Making{Tags: map[string]string{"a": "1"}, Token: "tok"}
	words := func(want spec) string { return "create in " + *want.VPCID }
	want := spec{VPCID: aws.String("vpc-1")}
	for name, test := range map[string]struct {
		step  resource.Step
		input string
	}{
		"no token": {Request(createSubnet, words)(want, making),
			`{"TagSpecifications":[{"ResourceType":"subnet","Tags":[{"Key":"a","Value":"1"}]}],"VpcId":"vpc-1"}`},
		"a token": {Request(Creates(describe.RouteTables, (*awsec2.Client).CreateRouteTable), words)(want, making),
			`{"ClientToken":"tok","TagSpecifications":[{"ResourceType":"route-table","Tags":[{"Key":"a","Value":"1"}]}],"VpcId":"vpc-1"}`},
	} {
		if test.step.Summary != "create in vpc-1" {
			t.Errorf("%s: summary %q", name, test.step.Summary)
		}
		if diff := cmp.Diff(test.input, string(test.step.Input)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// AWS answers a create with the resource, with a list of one, or with fields of the resource.
func TestTheAnswerOfACreate(t *testing.T) {
	none := types.Instance{}
	for name, got := range map[string][2]string{
		"the resource":                {*createdIn[types.Subnet, awsec2.CreateSubnetOutput]("SubnetId")(&awsec2.CreateSubnetOutput{Subnet: &shownSubnet}).SubnetArn, "arn"},
		"a list":                      {*createdIn[types.Instance, awsec2.RunInstancesOutput]("InstanceId")(&awsec2.RunInstancesOutput{Instances: []types.Instance{{InstanceId: aws.String("i-1")}}}).InstanceId, "i-1"},
		"its fields":                  {*createdIn[types.Address, awsec2.AllocateAddressOutput]("AllocationId")(&awsec2.AllocateAddressOutput{AllocationId: aws.String("eip-1")}).AllocationId, "eip-1"},
		"an answer without it":        {aws.ToString(createdIn[types.Subnet, awsec2.CreateSubnetOutput]("SubnetId")(&awsec2.CreateSubnetOutput{}).SubnetId), ""},
		"an answer with an empty one": {aws.ToString(none.InstanceId), aws.ToString(createdIn[types.Instance, awsec2.RunInstancesOutput]("InstanceId")(&awsec2.RunInstancesOutput{}).InstanceId)},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %q, want %q", name, got[0], got[1])
		}
	}
}

// No program starts with a definition that could not work.
func TestWhatDoesNotBelongTogether(t *testing.T) {
	for name, declare := range map[string]func(){
		"a resource without the list's":  func() { Of(describe.Subnets, createSubnet, deleteSubnet, Definition[spec, types.Vpc]{}) },
		"the create of another resource": func() { Creates(describe.VPCs, (*awsec2.Client).CreateNatGateway) },
		"the delete of another resource": func() {
			Of(describe.Subnets, createSubnet, call.Delete((*awsec2.Client).DeleteVpc), Definition[spec, wide]{})
		},
		"tags without a type": func() { Creates(describe.NetworkInterfaces, (*awsec2.Client).CreateNetworkInterface) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it is accepted")
				}
			}()
			declare()
		})
	}
}

func TestStates(t *testing.T) {
	states := States[types.NatGatewayState]{
		Pending:  []types.NatGatewayState{types.NatGatewayStatePending},
		Deleting: []types.NatGatewayState{types.NatGatewayStateDeleting},
		Failed:   []types.NatGatewayState{types.NatGatewayStateFailed},
		Gone:     []types.NatGatewayState{types.NatGatewayStateDeleted},
	}
	for state, want := range map[types.NatGatewayState]kind.Facts{
		"pending":   {Pending: &resource.Wait{Reason: "Pending", Message: "nat-1 is pending"}},
		"deleting":  {Pending: &resource.Wait{Reason: "Deleting", Message: "nat-1 is being deleted"}},
		"failed":    {Failed: &resource.Wait{Reason: "Failed", Message: "nat-1 failed" + NextTry}},
		"deleted":   {Gone: true},
		"available": {},
	} {
		if diff := cmp.Diff(want, states.Facts(aws.String("nat-1"), state)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", state, diff)
		}
	}
}
