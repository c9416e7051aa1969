package gateway

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

func (a *account) deleteVPC(id string) error {
	_, err := a.ec2.DeleteVpc(a.ctx(), &ec2.DeleteVpcInput{VpcId: &id})
	return err
}

func (a *account) deleteSubnet(id string) error {
	_, err := a.ec2.DeleteSubnet(a.ctx(), &ec2.DeleteSubnetInput{SubnetId: &id})
	return err
}

func (a *account) interfaceIn(subnet string, groups ...string) *string {
	a.t.Helper()
	out := must[*ec2.CreateNetworkInterfaceOutput](a)(a.ec2.CreateNetworkInterface(a.ctx(), &ec2.CreateNetworkInterfaceInput{SubnetId: &subnet, Groups: groups}))
	return out.NetworkInterface.NetworkInterfaceId
}

func (a *account) deleteInterface(id *string) {
	a.t.Helper()
	must[*ec2.DeleteNetworkInterfaceOutput](a)(a.ec2.DeleteNetworkInterface(a.ctx(), &ec2.DeleteNetworkInterfaceInput{NetworkInterfaceId: id}))
}

func TestDeletePeeredVPC(t *testing.T) {
	a := newAccount(t)
	a.peersAtOnce()
	requester, accepter := a.vpc(), a.vpcOf("10.1.0.0/16")
	peering := must[*ec2.CreateVpcPeeringConnectionOutput](a)(a.ec2.CreateVpcPeeringConnection(a.ctx(), &ec2.CreateVpcPeeringConnectionInput{VpcId: &requester, PeerVpcId: &accepter}))
	id := peering.VpcPeeringConnection.VpcPeeringConnectionId
	a.wantRefused("deleting the requester", a.deleteVPC(requester), http.StatusBadRequest, "DependencyViolation")
	must[*ec2.AcceptVpcPeeringConnectionOutput](a)(a.ec2.AcceptVpcPeeringConnection(a.ctx(), &ec2.AcceptVpcPeeringConnectionInput{VpcPeeringConnectionId: id}))
	a.wantRefused("deleting the accepter", a.deleteVPC(accepter), http.StatusBadRequest, "DependencyViolation")
	// A deleted connection stays in the list, and does not hold the VPC.
	must[*ec2.DeleteVpcPeeringConnectionOutput](a)(a.ec2.DeleteVpcPeeringConnection(a.ctx(), &ec2.DeleteVpcPeeringConnectionInput{VpcPeeringConnectionId: id}))
	for _, vpc := range []string{requester, accepter} {
		if err := a.deleteVPC(vpc); err != nil {
			t.Error(err)
		}
	}
}

func TestDeleteVPCWithAnEgressOnlyGateway(t *testing.T) {
	a := newAccount(t)
	vpc, other := a.vpc(), a.vpc()
	gateway := must[*ec2.CreateEgressOnlyInternetGatewayOutput](a)(a.ec2.CreateEgressOnlyInternetGateway(a.ctx(), &ec2.CreateEgressOnlyInternetGatewayInput{VpcId: &vpc}))
	a.wantRefused("deleting its VPC", a.deleteVPC(vpc), http.StatusBadRequest, "DependencyViolation")
	if err := a.deleteVPC(other); err != nil {
		t.Errorf("deleting another VPC: %v", err)
	}
	must[*ec2.DeleteEgressOnlyInternetGatewayOutput](a)(a.ec2.DeleteEgressOnlyInternetGateway(a.ctx(), &ec2.DeleteEgressOnlyInternetGatewayInput{
		EgressOnlyInternetGatewayId: gateway.EgressOnlyInternetGateway.EgressOnlyInternetGatewayId,
	}))
	if err := a.deleteVPC(vpc); err != nil {
		t.Error(err)
	}
}

func TestDeleteSubnetOfInterfaces(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	subnet := a.subnet(vpc)
	a.wantRefused("deleting a VPC with a subnet", a.deleteVPC(vpc), http.StatusBadRequest, "DependencyViolation")
	inside := a.interfaceIn(subnet)
	a.wantRefused("deleting a subnet with an interface", a.deleteSubnet(subnet), http.StatusBadRequest, "DependencyViolation")
	a.deleteInterface(inside)

	tgw := a.makeTransitGateway(ec2.CreateTransitGatewayInput{})
	attachment := must[*ec2.CreateTransitGatewayVpcAttachmentOutput](a)(a.ec2.CreateTransitGatewayVpcAttachment(a.ctx(), &ec2.CreateTransitGatewayVpcAttachmentInput{
		TransitGatewayId: tgw, VpcId: &vpc, SubnetIds: []string{subnet},
	}))
	a.wantRefused("deleting a subnet with an attachment", a.deleteSubnet(subnet), http.StatusBadRequest, "DependencyViolation")
	a.stays(attachmentType, "pending", false)
	must[*ec2.DeleteTransitGatewayVpcAttachmentOutput](a)(a.ec2.DeleteTransitGatewayVpcAttachment(a.ctx(), &ec2.DeleteTransitGatewayVpcAttachmentInput{
		TransitGatewayAttachmentId: attachment.TransitGatewayVpcAttachment.TransitGatewayAttachmentId,
	}))
	a.stays(attachmentType, "deleting", false)
	if err := a.deleteSubnet(subnet); err != nil {
		t.Error(err)
	}
}

func TestDeleteGroupOfAnInterface(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	group := a.group(vpc, "g")
	remove := func() error {
		_, err := a.ec2.DeleteSecurityGroup(a.ctx(), &ec2.DeleteSecurityGroupInput{GroupId: &group})
		return err
	}
	subnet := a.subnet(vpc)
	inside := a.interfaceIn(subnet, group)
	a.wantRefused("deleting an interface's group", remove(), http.StatusBadRequest, "DependencyViolation")
	a.deleteInterface(inside)
	must[*ec2.RunInstancesOutput](a)(a.ec2.RunInstances(a.ctx(), &ec2.RunInstancesInput{
		ImageId: aws.String("ami-12c6146b"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1), SubnetId: &subnet, SecurityGroupIds: []string{group},
	}))
	a.wantRefused("deleting an instance's group", remove(), http.StatusBadRequest, "DependencyViolation")
	free := a.group(vpc, "free")
	if _, err := a.ec2.DeleteSecurityGroup(a.ctx(), &ec2.DeleteSecurityGroupInput{GroupId: &free}); err != nil {
		t.Errorf("deleting an unused group: %v", err)
	}
}

func TestDeleteGroupByName(t *testing.T) {
	a := newAccount(t)
	vpcs := must[*ec2.DescribeVpcsOutput](a)(a.ec2.DescribeVpcs(a.ctx(), &ec2.DescribeVpcsInput{Filters: filter("is-default", "true")}))
	mine, elsewhere := a.group(*vpcs.Vpcs[0].VpcId, "named"), a.group(a.vpc(), "named")
	remove := func(name string) error {
		_, err := a.ec2.DeleteSecurityGroup(a.ctx(), &ec2.DeleteSecurityGroupInput{GroupName: &name})
		return err
	}
	a.wantRefused("deleting the default group by name", remove("default"), http.StatusBadRequest, "CannotDelete")
	if err := remove("named"); err != nil {
		t.Fatal(err)
	}
	a.wantRefused("a name of another VPC", remove("named"), http.StatusBadRequest, "InvalidGroup.NotFound")
	left := must[*ec2.DescribeSecurityGroupsOutput](a)(a.ec2.DescribeSecurityGroups(a.ctx(), &ec2.DescribeSecurityGroupsInput{Filters: filter("group-name", "named")}))
	if len(left.SecurityGroups) != 1 || *left.SecurityGroups[0].GroupId != elsewhere {
		t.Errorf("left are %+v, want %s alone, without %s", left.SecurityGroups, elsewhere, mine)
	}
	_, err := a.ec2.DeleteSecurityGroup(a.ctx(), &ec2.DeleteSecurityGroupInput{})
	a.wantRefused("deleting no group", err, http.StatusBadRequest, "MissingParameter")
}

func TestDetachGatewayOfPublicAddresses(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	gateway, subnet := a.gateway(vpc), a.subnet(vpc)
	inside := a.interfaceIn(subnet)
	detach := func() error {
		_, err := a.ec2.DetachInternetGateway(a.ctx(), &ec2.DetachInternetGatewayInput{InternetGatewayId: &gateway, VpcId: &vpc})
		return err
	}
	address := must[*ec2.AllocateAddressOutput](a)(a.ec2.AllocateAddress(a.ctx(), &ec2.AllocateAddressInput{Domain: types.DomainTypeVpc}))
	association := must[*ec2.AssociateAddressOutput](a)(a.ec2.AssociateAddress(a.ctx(), &ec2.AssociateAddressInput{AllocationId: address.AllocationId, NetworkInterfaceId: inside}))
	a.wantRefused("detaching below a public address", detach(), http.StatusBadRequest, "DependencyViolation")
	_, err := a.ec2.ReleaseAddress(a.ctx(), &ec2.ReleaseAddressInput{AllocationId: address.AllocationId})
	a.wantRefused("releasing an interface's address", err, http.StatusBadRequest, "InvalidIPAddress.InUse")
	_, err = a.ec2.ReleaseAddress(a.ctx(), &ec2.ReleaseAddressInput{PublicIp: address.PublicIp})
	a.wantRefused("releasing it by its number", err, http.StatusBadRequest, "MissingParameter")
	must[*ec2.DisassociateAddressOutput](a)(a.ec2.DisassociateAddress(a.ctx(), &ec2.DisassociateAddressInput{AssociationId: association.AssociationId}))
	if err := detach(); err != nil {
		t.Error(err)
	}
	if _, err := a.ec2.AttachInternetGateway(a.ctx(), &ec2.AttachInternetGatewayInput{InternetGatewayId: &gateway, VpcId: &vpc}); err != nil {
		t.Fatal(err)
	}
	run := must[*ec2.RunInstancesOutput](a)(a.ec2.RunInstances(a.ctx(), &ec2.RunInstancesInput{
		ImageId: aws.String("ami-12c6146b"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		NetworkInterfaces: []types.InstanceNetworkInterfaceSpecification{{DeviceIndex: aws.Int32(0), SubnetId: &subnet, AssociatePublicIpAddress: aws.Bool(true)}},
	}))
	a.wantRefused("detaching below an instance's address", detach(), http.StatusBadRequest, "DependencyViolation")
	a.wantRefused("deleting an instance's subnet", a.deleteSubnet(subnet), http.StatusBadRequest, "DependencyViolation")
	must[*ec2.TerminateInstancesOutput](a)(a.ec2.TerminateInstances(a.ctx(), &ec2.TerminateInstancesInput{InstanceIds: []string{*run.Instances[0].InstanceId}}))
	a.soon("detaching below a terminated instance", detach)
	a.wantRefused("detaching it again", detach(), http.StatusBadRequest, "Gateway.NotAttached")
}

// soon fails the test if a call is still refused after an instance here has
// terminated.
func (a *account) soon(what string, do func() error) {
	a.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		err := do()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			a.t.Fatalf("%s: %v", what, err)
		}
	}
}

func TestDeleteBoundary(t *testing.T) {
	a := newAccount(t)
	arn := a.policy("boundary")
	a.role("r")
	must[*iam.PutRolePermissionsBoundaryOutput](a)(a.iam.PutRolePermissionsBoundary(a.ctx(), &iam.PutRolePermissionsBoundaryInput{RoleName: aws.String("r"), PermissionsBoundary: arn}))
	remove := func() error {
		_, err := a.iam.DeletePolicy(a.ctx(), &iam.DeletePolicyInput{PolicyArn: arn})
		return err
	}
	a.wantRefused("deleting a boundary", remove(), http.StatusConflict, "DeleteConflict")
	_, err := a.iam.DeletePolicyVersion(a.ctx(), &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v1")})
	a.wantRefused("deleting the default version", err, http.StatusConflict, "DeleteConflict")
	must[*iam.DeleteRolePermissionsBoundaryOutput](a)(a.iam.DeleteRolePermissionsBoundary(a.ctx(), &iam.DeleteRolePermissionsBoundaryInput{RoleName: aws.String("r")}))
	if err := remove(); err != nil {
		t.Error(err)
	}
}

func TestRoleOfAServiceIsProtected(t *testing.T) {
	a := newAccount(t)
	role := must[*iam.CreateServiceLinkedRoleOutput](a)(a.iam.CreateServiceLinkedRole(a.ctx(), &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("autoscaling.amazonaws.com")})).Role
	_, err := a.iam.DeleteRole(a.ctx(), &iam.DeleteRoleInput{RoleName: role.RoleName})
	a.wantRefused("deleting a service's role", err, http.StatusBadRequest, "UnmodifiableEntity")
}

func TestNamesOfUsersAndGroups(t *testing.T) {
	a := newAccount(t)
	must[*iam.CreateUserOutput](a)(a.iam.CreateUser(a.ctx(), &iam.CreateUserInput{UserName: aws.String("Ann")}))
	must[*iam.CreateGroupOutput](a)(a.iam.CreateGroup(a.ctx(), &iam.CreateGroupInput{GroupName: aws.String("Admins")}))
	_, err := a.iam.CreateUser(a.ctx(), &iam.CreateUserInput{UserName: aws.String("ann")})
	a.wantRefused("a user's name in lower case", err, http.StatusConflict, "EntityAlreadyExists")
	_, err = a.iam.CreateGroup(a.ctx(), &iam.CreateGroupInput{GroupName: aws.String("ADMINS")})
	a.wantRefused("a group's name in upper case", err, http.StatusConflict, "EntityAlreadyExists")
}
