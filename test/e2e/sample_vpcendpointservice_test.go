package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	balancerARN        = "arn:aws:elasticloadbalancing:us-west-2:111122223333:loadbalancer/net/a/1"
	gatewayBalancerARN = "arn:aws:elasticloadbalancing:us-west-2:111122223333:loadbalancer/gwy/a/1"
)

var _ = register(sample{
	kind: "ec2.VPCEndpointServiceConfiguration", create: "CreateVpcEndpointServiceConfiguration",
	spec:   func() fields { return fields{"gatewayLoadBalancerARNs": []any{gatewayBalancerARN}} },
	change: `{"spec":{"acceptanceRequired":false,"allowedPrincipals":["arn:aws:iam::111122223333:root"]}}`,
	full: func(string) fields {
		return fields{
			"networkLoadBalancerARNs": []any{balancerARN}, "acceptanceRequired": true, "allowedPrincipals": []any{"arn:aws:iam::111122223333:root"}, "tags": teamA(),
			"privateDNSName": "a.example.com", "supportedIPAddressTypes": []any{"ipv4"}, "supportedRegions": []any{"us-west-2"},
		}
	},
	fullChange: `{"spec":{"tags":[{"key":"team","value":"b"}],"acceptanceRequired":false,"allowedPrincipals":["*"],"privateDNSName":"b.example.com",
		"supportedIPAddressTypes":["ipv4","ipv6"],"supportedRegions":["us-west-2","us-east-1"]}}`,
	count:  counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeVpcEndpointServiceConfigurations),
	remove: removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteVpcEndpointServiceConfigurations, "ServiceIds"),
})

// An endpoint finds its service by reference, waits for a permission and for the load balancer's
// controller, and holds the service until it goes. The service names an endpoint of another tool.
func TestVPCEndpointOfAService(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client := awsec2.NewFromConfig(w.config(t, team.account))
	vpc := team.apply(t, "ec2.VPC", "main", vpcSpec()).awaitSynced(t)
	endpoint := team.apply(t, "ec2.VPCEndpoint", "main", fields{"vpcRef": ref("main"), "serviceRef": ref("main"), "vpcEndpointType": "GatewayLoadBalancer"})
	endpoint.awaitCondition(t, "ACK.ReferencesResolved", "Unknown", "VPCEndpointServiceConfiguration "+team.name+"/main is not there")
	service := team.apply(t, "ec2.VPCEndpointServiceConfiguration", "main", fields{
		"gatewayLoadBalancerRefs": []any{ref("main")}, "acceptanceRequired": false, "allowedPrincipals": []any{"arn:aws:iam::" + team.account + ":root"},
	})
	service.awaitCondition(t, "ACK.ReferencesResolved", "Unknown", "LoadBalancer "+team.name+"/main is not there")
	team.foreign(t, "elbv2.LoadBalancer", "main", fields{}, fields{"ackResourceMetadata": fields{"arn": gatewayBalancerARN}})
	id := service.awaitSynced(t)
	endpoint.wantOneCreate(t, endpoint.awaitSynced(t))
	name, _, _ := unstructured.NestedString(service.get(t).Object, "status", "serviceName")
	out, err := client.DescribeVpcEndpoints(t.Context(), &awsec2.DescribeVpcEndpointsInput{})
	if err != nil || len(out.VpcEndpoints) != 1 || *out.VpcEndpoints[0].ServiceName != name {
		t.Fatalf("AWS has %+v, %v; the service is %s", out, err, name)
	}
	allowed, err := client.DescribeVpcEndpointServicePermissions(t.Context(), &awsec2.DescribeVpcEndpointServicePermissionsInput{ServiceId: &id})
	if err != nil || len(allowed.AllowedPrincipals) != 1 {
		t.Fatalf("AWS allows %+v, %v", allowed, err)
	}
	foreign, err := client.CreateVpcEndpoint(t.Context(), &awsec2.CreateVpcEndpointInput{VpcId: &vpc, ServiceName: aws.String(name), VpcEndpointType: "GatewayLoadBalancer"})
	if err != nil {
		t.Fatal(err)
	}
	theirs := *foreign.VpcEndpoint.VpcEndpointId
	endpoint.delete(t)
	endpoint.awaitGone(t)
	service.waitsFor(t, "It is held by endpoint "+theirs+" of account "+team.account)
	if _, err = client.DeleteVpcEndpoints(t.Context(), &awsec2.DeleteVpcEndpointsInput{VpcEndpointIds: []string{theirs}}); err != nil {
		t.Fatal(err)
	}
	service.awaitGone(t)
}
