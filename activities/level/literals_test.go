package level

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

func TestLiterals(t *testing.T) {
	for name, c := range map[string]struct {
		kind string
		spec fields
		want []Literal
	}{
		"a field":            {"ec2.Subnet", fields{"vpcID": "vpc-1"}, []Literal{{"ec2.VPC", "vpc-1"}}},
		"a reference":        {"ec2.Subnet", fields{"vpcRef": from("main")}, nil},
		"a list":             {"ec2.Subnet", fields{"routeTables": []any{"rtb-1", "rtb-2"}}, []Literal{{"ec2.RouteTable", "rtb-1"}, {"ec2.RouteTable", "rtb-2"}}},
		"a field in a list":  {"ec2.RouteTable", fields{"routes": []any{fields{"gatewayID": "igw-1"}, fields{"natGatewayID": "nat-1"}}}, []Literal{{"ec2.InternetGateway", "igw-1"}, {"ec2.NATGateway", "nat-1"}}},
		"a list in a list":   {"ec2.SecurityGroup", fields{"egressRules": []any{fields{"userIDGroupPairs": []any{fields{"groupID": "sg-1"}}}}}, []Literal{{"ec2.SecurityGroup", "sg-1"}}},
		"a nested name":      {"ec2.Instance", fields{"iamInstanceProfile": fields{"name": "p"}}, []Literal{{"iam.InstanceProfile", "p"}}},
		"an ARN":             {"iam.Role", fields{"permissionsBoundary": "arn:p"}, []Literal{{"iam.Policy", "arn:p"}}},
		"a name with an id":  {"ec2.VPCEndpoint", fields{"serviceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-1"}, []Literal{{"ec2.VPCEndpointServiceConfiguration", "vpce-svc-1"}}},
		"an empty field":     {"ec2.Subnet", fields{"vpcID": ""}, nil},
		"nothing of a field": {"ec2.VPC", fields{"cidrBlocks": []any{"10.0.0.0/16"}}, nil},
	} {
		kind, _ := apis.ByName(c.kind)
		if diff := cmp.Diff(c.want, Literals(kind, &unstructured.Unstructured{Object: fields{"spec": c.spec}})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestNames(t *testing.T) {
	groups, _ := apis.ByName("ec2.SecurityGroup")
	for id, want := range map[string][]string{
		"":                                   nil,
		"sg-1":                               {"sg-1"},
		"arn:aws:iam::111111111111:role/a/b": {"arn:aws:iam::111111111111:role/a/b", "b"},
	} {
		c := complete()
		c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: id})
		if diff := cmp.Diff(want, Names(groups, &unstructured.Unstructured{Object: c.Group()})); diff != "" {
			t.Errorf("of %q (-want +got):\n%s", id, diff)
		}
	}
}
