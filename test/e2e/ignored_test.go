package e2e

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// A person changes tags and routes in AWS that the objects ignore. Nothing is undone, and another field
// is still applied. A path that does not exist is named. Without the annotation, the spec is applied
// at once.
func TestIgnoredFields(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client := awsec2.NewFromConfig(w.config(t, team.account))
	spec := vpcSpec()
	spec["tags"] = oneTag("team", "a")
	vpc := team.apply(t, "ec2.VPC", "main", spec)
	vpcID := vpc.awaitSynced(t)
	igw := attachedGateway(t, client, vpcID)
	table := team.object("ec2.RouteTable", "out")
	table.createWith(t, fields{corev1alpha1.AnnotationIgnoreFields: "spec.routes"}, routeTableSpec(fields{"destinationCIDRBlock": "192.168.0.0/16", "gatewayID": igw}))
	tableID := table.awaitSynced(t)
	wantRoutes(t, team, "10.0.0.0/16 local", "192.168.0.0/16 "+igw) // the create is complete
	vpc.annotate(t, corev1alpha1.AnnotationIgnoreFields, "spec.tags")
	const advice = "FieldsIgnored after the create, Tack leaves these fields as they are in AWS: "
	vpc.awaitCondition(t, corev1alpha1.ConditionTypeAdvisory, "True", advice+"spec.tags")
	table.awaitCondition(t, corev1alpha1.ConditionTypeAdvisory, "True", advice+"spec.routes")

	person(t, client, vpcID, tableID, igw)
	mark := lastSeq(t)
	vpc.patch(t, `{"spec":{"enableDNSHostnames":true,"tags":[{"key":"team","value":"c"}]}}`)
	table.patch(t, mergePatch(t, fields{"spec": fields{"tags": oneTag("team", "b"), "routes": []any{fields{"destinationCIDRBlock": "172.16.0.0/12", "gatewayID": igw}}}}))
	vpc.awaitSynced(t)
	table.awaitSynced(t)
	got := team.mutationsSince(t, mark)
	slices.Sort(got)
	if fmt.Sprint(got) != "[CreateTags ModifyVpcAttribute]" {
		t.Errorf("AWS was changed by %v", got)
	}
	wantRoutes(t, team, "10.0.0.0/16 local", "10.50.0.0/16 "+igw)
	if tags := ec2Tags(t, team.account, vpcID); tags["team"] != "b" || tags["by"] != "person" || resource.OwnershipOf(tags).Owner == "" {
		t.Errorf("the tags of the VPC are %v", tags)
	}

	vpc.annotate(t, corev1alpha1.AnnotationIgnoreFields, "spec.Tags")
	vpc.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", "IgnoreFieldsMalformed annotation services.k8s.aws/ignore-fields: spec.Tags: there is no such field: write spec.tags")
	vpc.annotate(t, corev1alpha1.AnnotationIgnoreFields, "")
	table.annotate(t, corev1alpha1.AnnotationIgnoreFields, "")
	eventually(t, func() string { return fmt.Sprint("the tags of the VPC are ", ec2Tags(t, team.account, vpcID)) }, func(context.Context) bool {
		tags := ec2Tags(t, team.account, vpcID)
		return tags["team"] == "c" && tags["by"] == ""
	})
	eventually(t, func() string { return "the route of the spec is not restored\n" + w.story(table.ref) }, func(context.Context) bool {
		return slices.ContainsFunc(w.routeTables(t, team.account)[0].Routes, func(r ec2types.Route) bool { return aws.ToString(r.DestinationCidrBlock) == "172.16.0.0/12" })
	})
	table.awaitSynced(t)
	w.result(t, table.ref)
	wantRoutes(t, team, "10.0.0.0/16 local", "172.16.0.0/12 "+igw)
	table.delete(t)
	table.awaitGone(t)
}

// person changes tags of a VPC and routes of a table, as somebody does in AWS's console.
func person(t *testing.T, client *awsec2.Client, vpc, table, igw string) {
	t.Helper()
	tags := []ec2types.Tag{{Key: aws.String("team"), Value: aws.String("b")}, {Key: aws.String("by"), Value: aws.String("person")}}
	_, err := client.CreateTags(t.Context(), &awsec2.CreateTagsInput{Resources: []string{vpc}, Tags: tags})
	if err == nil {
		_, err = client.DeleteRoute(t.Context(), &awsec2.DeleteRouteInput{RouteTableId: &table, DestinationCidrBlock: aws.String("192.168.0.0/16")})
	}
	if err == nil {
		_, err = client.CreateRoute(t.Context(), &awsec2.CreateRouteInput{RouteTableId: &table, DestinationCidrBlock: aws.String("10.50.0.0/16"), GatewayId: &igw})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// attachedGateway makes an internet gateway that is attached to a VPC.
func attachedGateway(t *testing.T, client *awsec2.Client, vpc string) string {
	t.Helper()
	made, err := client.CreateInternetGateway(t.Context(), &awsec2.CreateInternetGatewayInput{})
	if err != nil {
		t.Fatal(err)
	}
	id := made.InternetGateway.InternetGatewayId
	if _, err := client.AttachInternetGateway(t.Context(), &awsec2.AttachInternetGatewayInput{InternetGatewayId: id, VpcId: &vpc}); err != nil {
		t.Fatal(err)
	}
	return *id
}

func oneTag(key, value string) []any { return []any{fields{"key": key, "value": value}} }
