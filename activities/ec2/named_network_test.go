package ec2

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// An adoption without an id finds the flow log of the same network, destination and traffic. AWS shows a log
// group by its name or by its ARN.
func TestNamedFlowLogs(t *testing.T) {
	s := &scripted{answers: map[string]string{"DescribeFlowLogs": `<flowLogSet>
		<item><flowLogId>fl-arn</flowLogId><trafficType>ALL</trafficType><logDestination>arn:aws:logs:us-west-2:1:log-group:/vpc</logDestination></item>
		<item><flowLogId>fl-name</flowLogId><trafficType>ALL</trafficType><logGroupName>/vpc</logGroupName></item>
		<item><flowLogId>fl-reject</flowLogId><trafficType>REJECT</trafficType><logGroupName>/vpc</logGroupName></item>
		<item><flowLogId>fl-bucket</flowLogId><trafficType>ALL</trafficType><logDestination>arn:aws:s3:::b</logDestination></item>
		<item><flowLogId>fl-transit</flowLogId><logGroupName>/tgw</logGroupName></item>
	</flowLogSet>`}}
	for text, want := range map[string]string{
		`{trafficType: ALL, logGroupName: /vpc}`:                                           "fl-arn fl-name",
		`{trafficType: ALL, logDestination: "arn:aws:logs:us-west-2:1:log-group:/vpc:*"}`:  "fl-arn fl-name",
		`{trafficType: REJECT, logGroupName: /vpc}`:                                        "fl-reject",
		`{trafficType: ACCEPT, logGroupName: /vpc}`:                                        "",
		`{trafficType: ALL, logDestinationType: s3, logDestination: "arn:aws:s3:::b"}`:     "fl-bucket",
		`{trafficType: ALL, logDestinationType: s3, logDestination: "arn:aws:s3:::other"}`: "",
		`{logGroupName: /tgw}`: "fl-transit",
	} {
		got, err := namedFlowLogs(t.Context(), s.client(), spec[ec2v1alpha1.FlowLogSpec](t, text))
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %v, %v, want %s", text, got, err, want)
		}
	}
}

// An adoption without an id finds the address that the spec names. Without one, AWS chooses, and nothing is
// read.
func TestNamedAddresses(t *testing.T) {
	for text, want := range map[string][]string{
		`{}`:                     nil,
		`{address: 192.0.2.1}`:   {"eipalloc-1", "eipalloc-2"}, // as AWS filters them
		`{publicIPv4Pool: pool}`: nil,
		`{address: 192.0.2.2, customerOwnedIPv4Pool: coip}`: {"eipalloc-2"},
	} {
		s := &scripted{answers: map[string]string{"DescribeAddresses": `<addressesSet>
			<item><allocationId>eipalloc-1</allocationId><publicIp>192.0.2.1</publicIp></item>
			<item><allocationId>eipalloc-2</allocationId><customerOwnedIp>192.0.2.2</customerOwnedIp></item>
		</addressesSet>`}}
		got, err := namedAddresses(t.Context(), s.client(), spec[ec2v1alpha1.ElasticIPAddressSpec](t, text))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", text, err, diff)
		}
		if asked := len(s.asked) > 0; asked != (want != nil) {
			t.Errorf("%s: AWS is asked %v", text, s.asked)
		}
	}
}

// wantFound checks the ids that a look-up for a spec found; "unread": it asked AWS nothing.
func (s *scripted) wantFound(t *testing.T, text, want string, ids []string, err error) {
	t.Helper()
	got := strings.Join(ids, " ")
	if len(s.asked) == 0 {
		got = "unread"
	}
	if err != nil || got != want {
		t.Errorf("%s: %q, %v, want %q", text, got, err, want)
	}
}

// An adoption without an id finds the NAT gateway that has the address, also as a secondary one. A private
// gateway has none, and nothing is read.
func TestNamedNATGateways(t *testing.T) {
	for text, want := range map[string]string{
		`{allocationID: eipalloc-1}`:  "nat-1",
		`{allocationID: eipalloc-2}`:  "nat-1",
		`{allocationID: eipalloc-3}`:  "nat-2",
		`{allocationID: eipalloc-4}`:  "",
		`{connectivityType: private}`: "unread",
		`{subnetID: s, vpcID: vpc-1}`: "unread",
	} {
		s := &scripted{answers: map[string]string{"DescribeNatGateways": `<natGatewaySet>
			<item><natGatewayId>nat-1</natGatewayId><natGatewayAddressSet><item><allocationId>eipalloc-1</allocationId></item><item><allocationId>eipalloc-2</allocationId></item></natGatewayAddressSet></item>
			<item><natGatewayId>nat-2</natGatewayId><natGatewayAddressSet><item><allocationId>eipalloc-3</allocationId></item></natGatewayAddressSet></item>
		</natGatewaySet>`}}
		ids, err := namedNATGateways(t.Context(), s.client(), spec[ec2v1alpha1.NATGatewaySpec](t, text))
		s.wantFound(t, text, want, ids, err)
	}
}

// An adoption without an id finds the live gateway endpoints that share a route table with the spec, and
// the live interface endpoints where the spec may have private names. AWS allows any number of the others.
func TestNamedEndpoints(t *testing.T) {
	item := func(id, state, table string) string {
		return fmt.Sprintf(`<item><vpcEndpointId>%s</vpcEndpointId><state>%s</state><routeTableIdSet><item>%s</item></routeTableIdSet></item>`, id, state, table)
	}
	all := item("vpce-1", "available", "rtb-1") + item("vpce-2", "pendingAcceptance", "rtb-2") + item("vpce-3", "deleting", "rtb-1") + item("vpce-4", "failed", "rtb-1")
	for text, want := range map[string]string{
		`{serviceName: s3}`: "vpce-1 vpce-2",
		`{serviceName: s3, vpcEndpointType: Gateway, routeTableIDs: [rtb-1]}`:        "vpce-1",
		`{serviceName: s3, routeTableIDs: [rtb-3]}`:                                  "",
		`{serviceName: sts, vpcEndpointType: Interface}`:                             "vpce-1 vpce-2",
		`{serviceName: sts, vpcEndpointType: Interface, privateDNSEnabled: true}`:    "vpce-1 vpce-2",
		`{serviceName: sts, vpcEndpointType: Interface, privateDNSEnabled: false}`:   "unread",
		`{serviceName: balancer, vpcEndpointType: GatewayLoadBalancer}`:              "unread",
		`{serviceNetworkARN: "arn:aws:x", vpcEndpointType: ServiceNetwork}`:          "unread",
		`{vpcEndpointType: Interface, serviceRef: {from: {name: not-resolved-yet}}}`: "unread",
	} {
		s := &scripted{answers: map[string]string{"DescribeVpcEndpoints": "<vpcEndpointSet>" + all + "</vpcEndpointSet>"}}
		ids, err := namedEndpoints(t.Context(), s.client(), spec[ec2v1alpha1.VPCEndpointSpec](t, text))
		s.wantFound(t, text, want, ids, err)
	}
}
