package e2e

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

// ackObject is an object as ACK leaves it, with a resource that ACK made.
type ackObject struct {
	object
	id           string
	spec, status fields
	finalizers   []string
}

// newACKObject returns the object for a resource. status holds the fields of the kind.
func newACKObject(team team, kind, name, id, arn string, spec, status fields) ackObject {
	o := team.object(kind, name)
	metadata := fields{"ownerAccountID": team.account, "region": stack.Region}
	if arn != "" {
		metadata["arn"] = arn
	}
	status["ackResourceMetadata"] = metadata
	status["conditions"] = []any{ackCondition("ACK.ResourceSynced", "True"), ackCondition("Ready", "True")}
	if len(apis.References(kind)) > 0 {
		status["conditions"] = append(status["conditions"].([]any), ackCondition("ACK.ReferencesResolved", "True"))
	}
	spec["tags"] = teamA()
	return ackObject{o, id, spec, status, []string{o.kind.Finalizer()}}
}

func ackCondition(kind, status string) fields { return scenario.ACKCondition(kind, status) }

// ackTags are the tags of a spec, and those that ACK adds by default.
func ackTags(team team, service string) map[string]string {
	return map[string]string{"team": "a", resource.TagControllerVersion: service + "-1.20.0", resource.TagNamespace: team.name}
}

func ackTagsOf(team team, kind ec2types.ResourceType) []ec2types.TagSpecification {
	spec := ec2types.TagSpecification{ResourceType: kind}
	for key, value := range ackTags(team, "ec2") {
		spec.Tags = append(spec.Tags, ec2types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	return []ec2types.TagSpecification{spec}
}

func ackTagsOfIAM(team team) (tags []iamtypes.Tag) {
	for key, value := range ackTags(team, "iam") {
		tags = append(tags, iamtypes.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	return tags
}

// apply creates the object, as of the time when ACK left it. The bridge must not run meanwhile: an
// object with a finalizer and without an id is in doubt.
func (l ackObject) apply(t *testing.T) {
	t.Helper()
	l.applyWith(t, nil)
}

func (l ackObject) applyWith(t *testing.T, annotations map[string]string) {
	t.Helper()
	left := scenario.Left{Object: l.in(), Spec: l.spec, Status: l.status, Finalizers: l.finalizers, Annotations: annotations}
	if err := left.Leave(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// writeStatus writes the status as ACK does, some time ago.
func (l ackObject) writeStatus(t *testing.T, status fields, ago time.Duration) {
	t.Helper()
	persist(t, "writing the status of "+l.ref.String(), func(int) error { return l.in().WriteStatus(t.Context(), status, ago) })
}

// isTaken reports whether Tack holds the resource and has compared it with the spec.
func (l ackObject) isTaken(u *unstructured.Unstructured) bool {
	synced, _, _ := unstructured.NestedString(u.Object, "status", resource.StatusSyncedID)
	return synced == l.id && status(u, "ACK.ResourceSynced") == "True"
}

func (l ackObject) awaitTaken(t *testing.T) *unstructured.Unstructured {
	t.Helper()
	return l.await(t, "taken over", soon, l.isTaken)
}

// untag removes tags of a resource of EC2, or of a policy, in AWS.
func (l ackObject) untag(t *testing.T, team team, keys ...string) {
	t.Helper()
	var err error
	if cfg := w.config(t, team.account); l.kind.Name() == "iam.Policy" {
		_, err = awsiam.NewFromConfig(cfg).UntagPolicy(t.Context(), &awsiam.UntagPolicyInput{PolicyArn: &l.id, TagKeys: keys})
	} else {
		var tags []ec2types.Tag
		for _, key := range keys {
			tags = append(tags, ec2types.Tag{Key: aws.String(key)})
		}
		_, err = awsec2.NewFromConfig(cfg).DeleteTags(t.Context(), &awsec2.DeleteTagsInput{Resources: []string{l.id}, Tags: tags})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// ackMade makes resources of seven kinds as ACK does. They refer to each other.
func ackMade(t *testing.T, team team) []ackObject {
	t.Helper()
	client := awsec2.NewFromConfig(w.config(t, team.account))
	vpc := ackVPC(t, team, "main")
	gateway, err := client.CreateInternetGateway(t.Context(), &awsec2.CreateInternetGatewayInput{TagSpecifications: ackTagsOf(team, ec2types.ResourceTypeInternetGateway)})
	if err != nil {
		t.Fatal(err)
	}
	gatewayID := gateway.InternetGateway.InternetGatewayId
	if _, err = client.AttachInternetGateway(t.Context(), &awsec2.AttachInternetGatewayInput{InternetGatewayId: gatewayID, VpcId: &vpc.id}); err != nil {
		t.Fatal(err)
	}
	table, err := client.CreateRouteTable(t.Context(), &awsec2.CreateRouteTableInput{VpcId: &vpc.id, TagSpecifications: ackTagsOf(team, ec2types.ResourceTypeRouteTable)})
	if err != nil {
		t.Fatal(err)
	}
	tableID := table.RouteTable.RouteTableId
	if _, err = client.CreateRoute(t.Context(), &awsec2.CreateRouteInput{RouteTableId: tableID, DestinationCidrBlock: aws.String("0.0.0.0/0"), GatewayId: gatewayID}); err != nil {
		t.Fatal(err)
	}
	subnet, err := client.CreateSubnet(t.Context(), &awsec2.CreateSubnetInput{VpcId: &vpc.id, CidrBlock: aws.String("10.0.1.0/24"), TagSpecifications: ackTagsOf(team, ec2types.ResourceTypeSubnet)})
	if err != nil {
		t.Fatal(err)
	}
	subnetID := subnet.Subnet.SubnetId
	if _, err = client.AssociateRouteTable(t.Context(), &awsec2.AssociateRouteTableInput{RouteTableId: tableID, SubnetId: subnetID}); err != nil {
		t.Fatal(err)
	}
	return []ackObject{
		vpc,
		newACKObject(team, "ec2.InternetGateway", "out", *gatewayID, "", fields{"vpcRef": reference("main")}, fields{
			"internetGatewayID": *gatewayID, "ownerID": team.account, "attachments": []any{fields{"state": "available", "vpcID": vpc.id}}}),
		newACKObject(team, "ec2.RouteTable", "public", *tableID, "", fields{"vpcRef": reference("main"), "routes": []any{
			fields{"destinationCIDRBlock": "0.0.0.0/0", "gatewayRef": reference("out")}}}, fields{"routeTableID": *tableID, "ownerID": team.account}),
		newACKObject(team, "ec2.Subnet", "a", *subnetID, aws.ToString(subnet.Subnet.SubnetArn), fields{
			"vpcRef": reference("main"), "cidrBlock": "10.0.1.0/24", "routeTableRefs": []any{reference("public")}}, fields{"subnetID": *subnetID, "ownerID": team.account, "state": "available"}),
		ackGroup(t, team, "web", vpc.id),
		ackPolicy(t, team, "read"),
		ackRole(t, team, "app"),
	}
}

func ackVPC(t *testing.T, team team, name string) ackObject {
	t.Helper()
	made, err := awsec2.NewFromConfig(w.config(t, team.account)).CreateVpc(t.Context(), &awsec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), TagSpecifications: ackTagsOf(team, ec2types.ResourceTypeVpc)})
	if err != nil {
		t.Fatal(err)
	}
	id := aws.ToString(made.Vpc.VpcId)
	return newACKObject(team, "ec2.VPC", name, id, "", fields{"cidrBlocks": []any{"10.0.0.0/16"}, "enableNetworkAddressUsageMetrics": false},
		fields{"vpcID": id, "ownerID": team.account, "state": "available", "isDefault": false})
}

// ackGroup makes a group with one rule for port 80. ACK removes the rule for all traffic out of it.
func ackGroup(t *testing.T, team team, name, vpc string) ackObject {
	t.Helper()
	client := awsec2.NewFromConfig(w.config(t, team.account))
	in := &awsec2.CreateSecurityGroupInput{GroupName: &name, Description: aws.String("made by a test"), TagSpecifications: ackTagsOf(team, ec2types.ResourceTypeSecurityGroup)}
	spec := groupSpec(name, 80)
	if vpc != "" {
		in.VpcId, spec["vpcRef"] = &vpc, reference("main")
	}
	made, err := client.CreateSecurityGroup(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	everywhere := []ec2types.IpPermission{{IpProtocol: aws.String("-1"), IpRanges: []ec2types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}}}}
	if _, err = client.RevokeSecurityGroupEgress(t.Context(), &awsec2.RevokeSecurityGroupEgressInput{GroupId: made.GroupId, IpPermissions: everywhere}); err != nil {
		t.Fatal(err)
	}
	web := []ec2types.IpPermission{{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(80), ToPort: aws.Int32(80), IpRanges: []ec2types.IpRange{{CidrIp: aws.String("10.0.0.0/8")}}}}
	if _, err = client.AuthorizeSecurityGroupIngress(t.Context(), &awsec2.AuthorizeSecurityGroupIngressInput{GroupId: made.GroupId, IpPermissions: web}); err != nil {
		t.Fatal(err)
	}
	id := aws.ToString(made.GroupId)
	return newACKObject(team, "ec2.SecurityGroup", name, id, "arn:aws:ec2:"+stack.Region+":"+team.account+":security-group/"+id, spec, fields{"id": id})
}

func ackPolicy(t *testing.T, team team, name string) ackObject {
	t.Helper()
	spec := policySpec(name)
	made, err := awsiam.NewFromConfig(w.config(t, team.account)).CreatePolicy(t.Context(), &awsiam.CreatePolicyInput{
		PolicyName: &name, PolicyDocument: aws.String(spec["policyDocument"].(string)), Tags: ackTagsOfIAM(team)})
	if err != nil {
		t.Fatal(err)
	}
	spec["path"] = "/"
	return newACKObject(team, "iam.Policy", name, *made.Policy.Arn, *made.Policy.Arn, spec, fields{
		"policyID": *made.Policy.PolicyId, "defaultVersionID": "v1", "attachmentCount": int64(0), "isAttachable": true})
}

// ackRole makes a role to which the policy read is attached.
func ackRole(t *testing.T, team team, name string) ackObject {
	t.Helper()
	client := awsiam.NewFromConfig(w.config(t, team.account))
	made, err := client.CreateRole(t.Context(), &awsiam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(trustEC2), Tags: ackTagsOfIAM(team)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = client.AttachRolePolicy(t.Context(), &awsiam.AttachRolePolicyInput{RoleName: &name, PolicyArn: aws.String("arn:aws:iam::" + team.account + ":policy/read")}); err != nil {
		t.Fatal(err)
	}
	return newACKObject(team, "iam.Role", name, *made.Role.Arn, *made.Role.Arn, fields{
		"name": name, "assumeRolePolicyDocument": trustEC2, "path": "/", "maxSessionDuration": int64(3600), "policyRefs": []any{reference("read")}},
		fields{"roleID": *made.Role.RoleId})
}
