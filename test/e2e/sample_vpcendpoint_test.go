package e2e

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
)

var _ = register(sample{
	kind: "ec2.VPCEndpoint", create: "CreateVpcEndpoint",
	spec:   func() fields { return fields{"vpcRef": ref("main"), "serviceName": "com.amazonaws.us-west-2.s3"} },
	change: `{"spec":{"policyDocument":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:Get*\",\"Resource\":\"*\"}]}"}}`,
	full: func(string) fields {
		return fields{
			"vpcRef": ref("main"), "serviceName": "com.amazonaws.us-west-2.sts", "vpcEndpointType": "Interface", "ipAddressType": "ipv4", "privateDNSEnabled": true,
			"subnetRefs": []any{ref("main")}, "securityGroupRefs": []any{ref("main")}, "dnsOptions": fields{"dnsRecordIPType": "ipv4"}, "tags": teamA(),
			"policyDocument": `{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}`,
		}
	},
	fullChange: `{"spec":{"tags":[{"key":"team","value":"b"}],"privateDNSEnabled":false,"dnsOptions":{"dnsRecordIPType":"dualstack"},"ipAddressType":"dualstack",
		"policyDocument":"{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}}"}}`,
	count:  counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeVpcEndpoints),
	remove: removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteVpcEndpoints, "VpcEndpointIds"),
})

func (team team) endpointsStay(t *testing.T, state string, d time.Duration) {
	t.Helper()
	set := gateway.StateTime{Account: team.account, Type: "vpc-endpoint", State: state, Milliseconds: d.Milliseconds()}
	if err := w.AWS.SetStateTime(t.Context(), set); err != nil {
		t.Fatal(err)
	}
}

const service = "vpce-svc-0123456789abcdef0"

// shownEndpoint returns the id that an object's status shows.
func shownEndpoint(t *testing.T, o object) string {
	t.Helper()
	id, _, _ := unstructured.NestedString(o.get(t).Object, "status", "vpcEndpointID")
	return id
}

// accept accepts an object's endpoint as the owner of the service does, and returns its id.
func (team team) accept(t *testing.T, o object) string {
	t.Helper()
	id := shownEndpoint(t, o)
	in := &awsec2.AcceptVpcEndpointConnectionsInput{ServiceId: aws.String(service), VpcEndpointIds: []string{id}}
	if _, err := awsec2.NewFromConfig(w.config(t, team.account)).AcceptVpcEndpointConnections(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	return id
}

// The owner of a service accepts one endpoint and rejects another: the first becomes Synced, and the
// second reports AWS's words. A route to the first wakes by its event.
func TestVPCEndpointThatNeedsAcceptance(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client := awsec2.NewFromConfig(w.config(t, team.account))
	balancer := func(name string) object {
		return team.apply(t, "ec2.VPCEndpoint", name, fields{
			"vpcRef": ref("main"), "serviceName": "com.amazonaws.vpce.us-west-2." + service, "vpcEndpointType": "GatewayLoadBalancer",
		})
	}
	team.apply(t, "ec2.VPC", "main", vpcSpec()).awaitSynced(t)
	first, other := balancer("first"), balancer("other")
	table := team.apply(t, "ec2.RouteTable", "out", routeTableSpec(fields{"destinationCIDRBlock": "0.0.0.0/0", "vpcEndpointRef": ref("first")}))
	for _, o := range []object{first, other} {
		o.awaitPending(t, "ec2.VPCEndpoint/Await", "must accept it")
	}
	table.awaitCondition(t, corev1alpha1.ConditionTypeReferencesResolved, "Unknown", "VPCEndpoint "+team.name+"/first")
	team.accept(t, first)
	first.wantOneCreate(t, first.awaitSynced(t))
	table.awaitSynced(t)
	table.wantWake(t, "reference changed")
	if _, err := client.RejectVpcEndpointConnections(t.Context(), &awsec2.RejectVpcEndpointConnectionsInput{ServiceId: aws.String(service), VpcEndpointIds: []string{shownEndpoint(t, other)}}); err != nil {
		t.Fatal(err)
	}
	other.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "is rejected: by the owner of the service")
	first.waitsFor(t, "still there: RouteTable "+team.name+"/out")
	table.delete(t)
	for _, o := range []object{table, first} {
		o.awaitGone(t)
	}
}

// AWS refuses to delete the endpoint of a load balancer while a route of another tool leads to it.
// The object names the table of that route.
func TestVPCEndpointThatARouteHolds(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client := awsec2.NewFromConfig(w.config(t, team.account))
	vpc := team.apply(t, "ec2.VPC", "main", vpcSpec()).awaitSynced(t)
	o := team.apply(t, "ec2.VPCEndpoint", "main", fields{
		"vpcRef": ref("main"), "serviceName": "com.amazonaws.vpce.us-west-2." + service, "vpcEndpointType": "GatewayLoadBalancer",
	})
	o.awaitPending(t, "ec2.VPCEndpoint/Await", "must accept it")
	id := team.accept(t, o)
	o.awaitSynced(t)
	made, err := client.CreateRouteTable(t.Context(), &awsec2.CreateRouteTableInput{VpcId: &vpc})
	if err != nil {
		t.Fatal(err)
	}
	table := made.RouteTable.RouteTableId
	if _, err = client.CreateRoute(t.Context(), &awsec2.CreateRouteInput{RouteTableId: table, DestinationCidrBlock: aws.String("0.0.0.0/0"), VpcEndpointId: &id}); err != nil {
		t.Fatal(err)
	}
	o.waitsFor(t, "It is held by route table "+*table)
	if _, err = client.DeleteRouteTable(t.Context(), &awsec2.DeleteRouteTableInput{RouteTableId: table}); err != nil {
		t.Fatal(err)
	}
	o.awaitGone(t)
}

// AWS gives private DNS names to one endpoint of a VPC. A second one waits, and gets them once the first is
// gone: an object that is renamed recovers without a person.
func TestVPCEndpointTakesOverDNSNames(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	team.apply(t, "ec2.VPC", "main", vpcSpec())
	spec := fields{"vpcRef": ref("main"), "serviceName": "com.amazonaws.us-west-2.sts", "vpcEndpointType": "Interface", "privateDNSEnabled": true}
	first := team.apply(t, "ec2.VPCEndpoint", "first", spec)
	first.awaitSynced(t)
	second := team.apply(t, "ec2.VPCEndpoint", "second", spec)
	second.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "there is already a conflicting DNS domain for sts.us-west-2.amazonaws.com")
	first.delete(t)
	first.awaitGone(t)
	second.wantOneCreate(t, second.awaitSynced(t))
}
