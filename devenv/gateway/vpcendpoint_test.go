package gateway

import (
	"net/http"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const serviceOfAnother = "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0"

// endpointsStay lets endpoints stay in a state for an hour, or ends that.
func (a *account) endpointsStay(state string, on bool) {
	a.t.Helper()
	t := StateTime{Account: a.id, Type: "vpc-endpoint", State: state}
	if on {
		t.Milliseconds = 3_600_000
	}
	if err := a.SetStateTime(a.ctx(), t); err != nil {
		a.t.Fatal(err)
	}
}

func (a *account) endpoint(in ec2.CreateVpcEndpointInput) *string {
	a.t.Helper()
	return must[*ec2.CreateVpcEndpointOutput](a)(a.ec2.CreateVpcEndpoint(a.ctx(), &in)).VpcEndpoint.VpcEndpointId
}

func (a *account) shownEndpoint(id *string) types.VpcEndpoint {
	a.t.Helper()
	return must[*ec2.DescribeVpcEndpointsOutput](a)(a.ec2.DescribeVpcEndpoints(a.ctx(), &ec2.DescribeVpcEndpointsInput{VpcEndpointIds: []string{*id}})).VpcEndpoints[0]
}

// undeleted deletes endpoints and returns the codes of those that AWS lists as unsuccessful.
func (a *account) undeleted(ids ...string) (codes []string) {
	a.t.Helper()
	for _, u := range must[*ec2.DeleteVpcEndpointsOutput](a)(a.ec2.DeleteVpcEndpoints(a.ctx(), &ec2.DeleteVpcEndpointsInput{VpcEndpointIds: ids})).Unsuccessful {
		codes = append(codes, *u.Error.Code)
	}
	return codes
}

// Private DNS names belong to one endpoint of a VPC, until AWS has deleted it.
func TestDNSNamesOfAnEndpoint(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	in := ec2.CreateVpcEndpointInput{VpcId: &vpc, VpcEndpointType: "Interface", ServiceName: aws.String("com.amazonaws.eu-west-1.sts"), PrivateDnsEnabled: aws.Bool(true)}
	first := a.endpoint(in)
	_, err := a.ec2.CreateVpcEndpoint(a.ctx(), &in)
	a.wantRefused("the names again", err, http.StatusBadRequest, "InvalidParameter")
	without := in
	without.PrivateDnsEnabled = aws.Bool(false)
	a.endpoint(without)
	a.endpointsStay("deleting", true)
	a.undeleted(*first)
	_, err = a.ec2.CreateVpcEndpoint(a.ctx(), &in)
	a.wantRefused("the names of one that is being deleted", err, http.StatusBadRequest, "InvalidParameter")
	a.endpointsStay("deleting", false)
	a.endpoint(in)
}

// An interface endpoint holds its subnet until it is deleted.
func TestInterfaceEndpoint(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	subnet := a.subnet(vpc)
	a.endpointsStay("pending", true)
	a.endpointsStay("deleting", true)
	id := a.endpoint(ec2.CreateVpcEndpointInput{VpcId: &vpc, VpcEndpointType: "Interface", ServiceName: aws.String("com.amazonaws.eu-west-1.sts"), SubnetIds: []string{subnet}})
	modify := func(in ec2.ModifyVpcEndpointInput) error {
		in.VpcEndpointId = id
		_, err := a.ec2.ModifyVpcEndpoint(a.ctx(), &in)
		return err
	}
	a.wantRefused("changing a pending one", modify(ec2.ModifyVpcEndpointInput{}), http.StatusBadRequest, "IncorrectState")
	a.endpointsStay("pending", false)
	got := a.shownEndpoint(id)
	if got.State != "available" || len(got.NetworkInterfaceIds) != 1 || len(got.Groups) != 1 || *got.Groups[0].GroupName != "default" || got.IpAddressType != "ipv4" {
		t.Errorf("it is %+v", got)
	}
	_, err := a.ec2.DeleteSubnet(a.ctx(), &ec2.DeleteSubnetInput{SubnetId: &subnet})
	a.wantRefused("deleting its subnet", err, http.StatusBadRequest, "DependencyViolation")
	group := must[*ec2.CreateSecurityGroupOutput](a)(a.ec2.CreateSecurityGroup(a.ctx(), &ec2.CreateSecurityGroupInput{VpcId: &vpc, GroupName: aws.String("g"), Description: aws.String("d")})).GroupId
	a.wantRefused("an unknown subnet", modify(ec2.ModifyVpcEndpointInput{AddSubnetIds: []string{"subnet-0123456789abcdef0"}}), http.StatusBadRequest, "InvalidSubnetID.NotFound")
	if err := modify(ec2.ModifyVpcEndpointInput{
		RemoveSecurityGroupIds: []string{*got.Groups[0].GroupId}, AddSecurityGroupIds: []string{*group}, PrivateDnsEnabled: aws.Bool(false), IpAddressType: "dualstack",
		PolicyDocument: aws.String(`{"Statement":[]}`), DnsOptions: &types.DnsOptionsSpecification{DnsRecordIpType: "dualstack"},
	}); err != nil {
		t.Fatal(err)
	}
	got = a.shownEndpoint(id)
	got.CreationTimestamp, got.DnsEntries = nil, nil
	want := types.VpcEndpoint{
		VpcEndpointId: id, VpcId: &vpc, VpcEndpointType: "Interface", ServiceName: aws.String("com.amazonaws.eu-west-1.sts"), State: "available", OwnerId: &a.id,
		Groups: []types.SecurityGroupIdentifier{{GroupId: group, GroupName: aws.String("g")}}, SubnetIds: []string{subnet}, NetworkInterfaceIds: got.NetworkInterfaceIds,
		PrivateDnsEnabled: aws.Bool(false), IpAddressType: "dualstack", PolicyDocument: aws.String(`{"Statement":[]}`),
		DnsOptions: &types.DnsOptions{DnsRecordIpType: "dualstack"}, RequesterManaged: aws.Bool(false),
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(types.VpcEndpoint{}, types.SecurityGroupIdentifier{}, types.DnsOptions{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("after the change (-want +got):\n%s", diff)
	}
	if codes := a.undeleted(*id, "vpce-0123456789abcdef0"); !slices.Equal(codes, []string{"InvalidVpcEndpointId.NotFound"}) {
		t.Errorf("AWS lists %v", codes)
	}
	_, err = a.ec2.DeleteSubnet(a.ctx(), &ec2.DeleteSubnetInput{SubnetId: &subnet})
	a.wantRefused("deleting its subnet meanwhile", err, http.StatusBadRequest, "DependencyViolation")
	a.endpointsStay("deleting", false)
	if got = a.shownEndpoint(id); got.State != "deleted" {
		t.Errorf("it is %s", got.State)
	}
	must[*ec2.DeleteSubnetOutput](a)(a.ec2.DeleteSubnet(a.ctx(), &ec2.DeleteSubnetInput{SubnetId: &subnet}))
}

func TestMalformedIDsOfEndpoints(t *testing.T) {
	a := newAccount(t)
	a.endpointsStay("pending", false)
	vpc, sts := a.vpc(), aws.String("com.amazonaws.eu-west-1.sts")
	id := a.endpoint(ec2.CreateVpcEndpointInput{VpcId: &vpc, VpcEndpointType: "Interface", ServiceName: sts})
	create := func(in ec2.CreateVpcEndpointInput) error {
		in.ServiceName = sts
		_, err := a.ec2.CreateVpcEndpoint(a.ctx(), &in)
		return err
	}
	modify := func(in ec2.ModifyVpcEndpointInput) error {
		_, err := a.ec2.ModifyVpcEndpoint(a.ctx(), &in)
		return err
	}
	_, read := a.ec2.DescribeVpcEndpoints(a.ctx(), &ec2.DescribeVpcEndpointsInput{VpcEndpointIds: []string{"vpce-xyz"}})
	_, remove := a.ec2.DeleteVpcEndpoints(a.ctx(), &ec2.DeleteVpcEndpointsInput{VpcEndpointIds: []string{"vpce-xyz"}})
	for what, test := range map[string]struct {
		err  error
		code string
	}{
		"a create in a malformed VPC":     {create(ec2.CreateVpcEndpointInput{VpcId: aws.String("my-vpc")}), "InvalidVpcId.Malformed"},
		"a create in a malformed subnet":  {create(ec2.CreateVpcEndpointInput{VpcId: &vpc, VpcEndpointType: "Interface", SubnetIds: []string{"my-subnet"}}), "InvalidSubnetID.Malformed"},
		"a create with a malformed table": {create(ec2.CreateVpcEndpointInput{VpcId: &vpc, RouteTableIds: []string{"my-table"}}), "InvalidRouteTableId.Malformed"},
		"adding a malformed subnet":       {modify(ec2.ModifyVpcEndpointInput{VpcEndpointId: id, AddSubnetIds: []string{"my-subnet"}}), "InvalidSubnetID.Malformed"},
		"changing a malformed one":        {modify(ec2.ModifyVpcEndpointInput{VpcEndpointId: aws.String("vpce-xyz")}), "InvalidVpcEndpointId.Malformed"},
		"reading a malformed one":         {read, "InvalidVpcEndpointId.Malformed"},
		"deleting a malformed one":        {remove, "InvalidVpcEndpointId.Malformed"},
	} {
		a.wantRefused(what, test.err, http.StatusBadRequest, test.code)
	}
}

// AWS keeps a route to a gateway endpoint in each of its tables, and refuses to delete the endpoint
// of a load balancer while a route leads to it.
func TestRoutesToEndpoints(t *testing.T) {
	a := newAccount(t)
	a.endpointsStay("pending", false)
	a.endpointsStay("deleting", false)
	vpc := a.vpc()
	table := must[*ec2.CreateRouteTableOutput](a)(a.ec2.CreateRouteTable(a.ctx(), &ec2.CreateRouteTableInput{VpcId: &vpc})).RouteTable.RouteTableId
	routes := func(want int) {
		t.Helper()
		out := must[*ec2.DescribeRouteTablesOutput](a)(a.ec2.DescribeRouteTables(a.ctx(), &ec2.DescribeRouteTablesInput{RouteTableIds: []string{*table}}))
		if got := len(out.RouteTables[0].Routes); got != want {
			t.Errorf("the table has %d routes, want %d", got, want)
		}
	}
	s3 := a.endpoint(ec2.CreateVpcEndpointInput{VpcId: &vpc, ServiceName: aws.String("com.amazonaws.eu-west-1.s3"), RouteTableIds: []string{*table}})
	routes(2)
	must[*ec2.ModifyVpcEndpointOutput](a)(a.ec2.ModifyVpcEndpoint(a.ctx(), &ec2.ModifyVpcEndpointInput{VpcEndpointId: s3, RemoveRouteTableIds: []string{*table}}))
	routes(1)
	must[*ec2.ModifyVpcEndpointOutput](a)(a.ec2.ModifyVpcEndpoint(a.ctx(), &ec2.ModifyVpcEndpointInput{VpcEndpointId: s3, AddRouteTableIds: []string{*table}}))
	routes(2)
	if codes := a.undeleted(*s3); codes != nil {
		t.Errorf("AWS lists %v", codes)
	}
	if got := a.shownEndpoint(s3); got.State != "deleted" || got.VpcEndpointType != "Gateway" {
		t.Errorf("it is %+v", got)
	}
	routes(1)
	balancer := a.endpoint(ec2.CreateVpcEndpointInput{VpcId: &vpc, VpcEndpointType: "GatewayLoadBalancer", ServiceName: aws.String("com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef1"), SubnetIds: []string{a.subnet(vpc)}})
	must[*ec2.CreateRouteOutput](a)(a.ec2.CreateRoute(a.ctx(), &ec2.CreateRouteInput{RouteTableId: table, DestinationCidrBlock: aws.String("0.0.0.0/0"), VpcEndpointId: balancer}))
	if codes := a.undeleted(*balancer); !slices.Equal(codes, []string{"InvalidParameter"}) {
		t.Errorf("AWS lists %v", codes)
	}
	found := must[*ec2.DescribeRouteTablesOutput](a)(a.ec2.DescribeRouteTables(a.ctx(), &ec2.DescribeRouteTablesInput{Filters: filter("route.gateway-id", *balancer)}))
	if len(found.RouteTables) != 1 {
		t.Errorf("by the route, AWS finds %d tables", len(found.RouteTables))
	}
}

// The owner of a service decides about endpoints of another account.
func TestAcceptedAndRejectedEndpoints(t *testing.T) {
	a := newAccount(t)
	owner := a.another()
	vpc := a.vpc()
	_, err := a.ec2.CreateVpcEndpoint(a.ctx(), &ec2.CreateVpcEndpointInput{VpcId: &vpc, ServiceName: aws.String("com.example.nothing")})
	a.wantRefused("an unknown service", err, http.StatusBadRequest, "InvalidServiceName")
	service := serviceOfAnother[len("com.amazonaws.vpce.eu-west-1."):]
	first := a.endpoint(ec2.CreateVpcEndpointInput{VpcId: &vpc, VpcEndpointType: "Interface", ServiceName: aws.String(serviceOfAnother)})
	other := a.endpoint(ec2.CreateVpcEndpointInput{VpcId: &vpc, VpcEndpointType: "Interface", ServiceName: aws.String(serviceOfAnother), IpAddressType: "ipv4"})
	if got := a.shownEndpoint(first); got.State != "pendingAcceptance" {
		t.Errorf("it is %s", got.State)
	}
	accepted := must[*ec2.AcceptVpcEndpointConnectionsOutput](a)(owner.ec2.AcceptVpcEndpointConnections(a.ctx(), &ec2.AcceptVpcEndpointConnectionsInput{ServiceId: &service, VpcEndpointIds: []string{*first, "vpce-0123456789abcdef0"}}))
	if len(accepted.Unsuccessful) != 1 {
		t.Errorf("AWS lists %+v", accepted.Unsuccessful)
	}
	must[*ec2.RejectVpcEndpointConnectionsOutput](a)(owner.ec2.RejectVpcEndpointConnections(a.ctx(), &ec2.RejectVpcEndpointConnectionsInput{ServiceId: &service, VpcEndpointIds: []string{*other}}))
	if a.shownEndpoint(first).State != "available" || a.shownEndpoint(other).State != "rejected" {
		t.Errorf("they are %s and %s", a.shownEndpoint(first).State, a.shownEndpoint(other).State)
	}
}
