package e2e

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
)

// waitsFor deletes an object and waits until it reports what holds it outside the cluster.
func (o object) waitsFor(t *testing.T, holder string) {
	t.Helper()
	o.delete(t)
	o.awaitCondition(t, "ACK.ResourceSynced", "False", holder)
}

// Attachments from outside the cluster keep IAM's kinds complete: no part of a policy or role goes
// before all of it can.
func TestTeardownOfIAMWaitsWhole(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client := awsiam.NewFromConfig(w.config(t, team.account))
	policy := team.apply(t, "iam.Policy", "granted", policySpec("granted"))
	role := team.apply(t, "iam.Role", "web", fields{"name": "web", "assumeRolePolicyDocument": trustEC2, "inlinePolicies": fields{"write": inlineWrite}})
	arn := policy.awaitSynced(t)
	role.awaitSynced(t)
	policy.patch(t, `{"spec":{"policyDocument":`+quoted(inlineWrite)+`}}`) // a second version
	policy.awaitSynced(t)
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(client.CreateRole(t.Context(), &awsiam.CreateRoleInput{RoleName: aws.String("theirs"), AssumeRolePolicyDocument: aws.String(trustEC2)}))
	must(client.AttachRolePolicy(t.Context(), &awsiam.AttachRolePolicyInput{RoleName: aws.String("theirs"), PolicyArn: &arn}))
	must(client.CreateInstanceProfile(t.Context(), &awsiam.CreateInstanceProfileInput{InstanceProfileName: aws.String("theirs")}))
	must(client.AddRoleToInstanceProfile(t.Context(), &awsiam.AddRoleToInstanceProfileInput{InstanceProfileName: aws.String("theirs"), RoleName: aws.String("web")}))

	policy.waitsFor(t, "role theirs")
	role.waitsFor(t, "instance profile theirs")
	versions, err := client.ListPolicyVersions(t.Context(), &awsiam.ListPolicyVersionsInput{PolicyArn: &arn})
	if err != nil || len(versions.Versions) != 2 {
		t.Errorf("the policy has %+v, %v", versions, err)
	}
	inline, err := client.ListRolePolicies(t.Context(), &awsiam.ListRolePoliciesInput{RoleName: aws.String("web")})
	if err != nil || len(inline.PolicyNames) != 1 {
		t.Errorf("the role has %+v, %v", inline, err)
	}

	must(client.DetachRolePolicy(t.Context(), &awsiam.DetachRolePolicyInput{RoleName: aws.String("theirs"), PolicyArn: &arn}))
	must(client.RemoveRoleFromInstanceProfile(t.Context(), &awsiam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: aws.String("theirs"), RoleName: aws.String("web")}))
	policy.awaitGone(t)
	role.awaitGone(t)
}

// A group that an interface uses keeps its rules. A VPC and a group report what holds them outside
// the cluster.
func TestHoldersAreNamed(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client := awsec2.NewFromConfig(w.config(t, team.account))
	vpc := team.apply(t, "ec2.VPC", "main", vpcSpec())
	spec := groupSpec("web")
	spec["vpcRef"] = ref("main")
	peer := team.apply(t, "ec2.SecurityGroup", "peer", spec)
	vpcID, peerID := vpc.awaitSynced(t), peer.awaitSynced(t)
	spec = groupSpec("db", 5432)
	spec["vpcRef"] = ref("main")
	group := team.apply(t, "ec2.SecurityGroup", "db", spec)
	foreignID := foreignGroup(t, client, vpcID, peerID)
	other := team.apply(t, "ec2.VPC", "other", fields{"cidrBlocks": []any{"10.1.0.0/16"}})
	groupID, otherID := group.awaitSynced(t), other.awaitSynced(t)
	theirs, err := client.CreateSubnet(t.Context(), &awsec2.CreateSubnetInput{VpcId: &otherID, CidrBlock: aws.String("10.1.9.0/24")})
	if err != nil {
		t.Fatal(err)
	}
	subnet, err := client.CreateSubnet(t.Context(), &awsec2.CreateSubnetInput{VpcId: &vpcID, CidrBlock: aws.String("10.0.9.0/24")})
	if err != nil {
		t.Fatal(err)
	}
	eni, err := client.CreateNetworkInterface(t.Context(), &awsec2.CreateNetworkInterfaceInput{
		SubnetId: subnet.Subnet.SubnetId, Groups: []string{groupID}, Description: aws.String("ELB app/front"),
	})
	if err != nil {
		t.Fatal(err)
	}

	group.waitsFor(t, *eni.NetworkInterface.NetworkInterfaceId+" (ELB app/front)")
	peer.waitsFor(t, "a rule of "+foreignID)
	other.waitsFor(t, "subnet "+*theirs.Subnet.SubnetId)
	rules, err := client.DescribeSecurityGroups(t.Context(), &awsec2.DescribeSecurityGroupsInput{
		Filters: []ec2types.Filter{{Name: aws.String("group-id"), Values: []string{groupID}}},
	})
	if err != nil || len(rules.SecurityGroups) != 1 || len(rules.SecurityGroups[0].IpPermissions) != 1 {
		t.Errorf("the group has %+v, %v", rules, err)
	}

	if _, err = client.DeleteNetworkInterface(t.Context(), &awsec2.DeleteNetworkInterfaceInput{NetworkInterfaceId: eni.NetworkInterface.NetworkInterfaceId}); err != nil {
		t.Fatal(err)
	}
	if _, err = client.DeleteSecurityGroup(t.Context(), &awsec2.DeleteSecurityGroupInput{GroupId: &foreignID}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*ec2types.Subnet{subnet.Subnet, theirs.Subnet} {
		if _, err = client.DeleteSubnet(t.Context(), &awsec2.DeleteSubnetInput{SubnetId: s.SubnetId}); err != nil {
			t.Fatal(err)
		}
	}
	group.awaitGone(t)
	peer.awaitGone(t)
	deleteAll(t, vpc)
	other.awaitGone(t)
}

// foreignGroup creates a group outside of Tack. One of its rules names a peer.
func foreignGroup(t *testing.T, client *awsec2.Client, vpc, peer string) string {
	t.Helper()
	made, err := client.CreateSecurityGroup(t.Context(), &awsec2.CreateSecurityGroupInput{VpcId: &vpc, GroupName: aws.String("foreign"), Description: aws.String("of another tool")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.AuthorizeSecurityGroupIngress(t.Context(), &awsec2.AuthorizeSecurityGroupIngressInput{GroupId: made.GroupId, IpPermissions: []ec2types.IpPermission{{
		IpProtocol: aws.String("tcp"), FromPort: aws.Int32(1), ToPort: aws.Int32(2), UserIdGroupPairs: []ec2types.UserIdGroupPair{{GroupId: &peer}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return *made.GroupId
}

// A user with credentials and groups keeps all of them, and its deletion names them. With the annotation
// Tack removes each in a step of its own, and then the user. Somebody else's group stays.
func TestUserThatIsDeletedByForce(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client, name := awsiam.NewFromConfig(w.config(t, team.account)), aws.String("ada")
	user := team.apply(t, "iam.User", "ada", fields{"name": *name, "inlinePolicies": fields{"write": inlineWrite}})
	user.awaitSynced(t)
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key, err := client.CreateAccessKey(t.Context(), &awsiam.CreateAccessKeyInput{UserName: name})
	must(key, err)
	device, err := client.CreateVirtualMFADevice(t.Context(), &awsiam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("phone")})
	must(device, err)
	must(client.EnableMFADevice(t.Context(), &awsiam.EnableMFADeviceInput{
		UserName: name, SerialNumber: device.VirtualMFADevice.SerialNumber, AuthenticationCode1: aws.String("123456"), AuthenticationCode2: aws.String("654321"),
	}))
	must(client.CreateLoginProfile(t.Context(), &awsiam.CreateLoginProfileInput{UserName: name, Password: aws.String("Secret-123")}))
	must(client.CreateGroup(t.Context(), &awsiam.CreateGroupInput{GroupName: aws.String("theirs")}))
	must(client.AddUserToGroup(t.Context(), &awsiam.AddUserToGroupInput{UserName: name, GroupName: aws.String("theirs")}))

	mark := lastSeq(t)
	user.waitsFor(t, "access key "+*key.AccessKey.AccessKeyId+", login profile, MFA device "+*device.VirtualMFADevice.SerialNumber+", membership in group theirs")
	if done := team.mutationsSince(t, mark); len(done) > 0 {
		t.Errorf("the deletion that waits changed AWS: %v", done)
	}
	user.annotate(t, corev1alpha1.AnnotationForceDestroy, "true")
	user.awaitGone(t)
	done := team.mutationsSince(t, mark)
	slices.Sort(done)
	want := []string{"DeactivateMFADevice", "DeleteAccessKey", "DeleteLoginProfile", "DeleteUser", "DeleteUserPolicy", "DeleteVirtualMFADevice", "RemoveUserFromGroup"}
	if diff := cmp.Diff(want, done); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	must(client.DeleteGroup(t.Context(), &awsiam.DeleteGroupInput{GroupName: aws.String("theirs")}))
}
