package gateway

import "strings"

// sightKind says how the calls of one kind of resource speak of it.
type sightKind struct {
	// missing is the code for an id that isn't there.
	missing string
	// filter is the name of the filter on the id.
	filter string
	// lists are the reads with a row for each, and where the row has the id.
	lists map[string]string
}

// ec2Kinds by the prefix of their ids. The codes are those of the list of EC2's
// error codes.
var ec2Kinds = map[string]sightKind{
	"vpc":    {"InvalidVpcID.NotFound", "vpc-id", map[string]string{"DescribeVpcs": "vpcId"}},
	"subnet": {"InvalidSubnetID.NotFound", "subnet-id", map[string]string{"DescribeSubnets": "subnetId"}},
	"sg": {"InvalidGroup.NotFound", "group-id", map[string]string{
		"DescribeSecurityGroups": "groupId", "DescribeSecurityGroupRules": "groupId",
	}},
	"igw":      {"InvalidInternetGatewayID.NotFound", "internet-gateway-id", map[string]string{"DescribeInternetGateways": "internetGatewayId"}},
	"eigw":     {"InvalidGatewayID.NotFound", "", map[string]string{"DescribeEgressOnlyInternetGateways": "egressOnlyInternetGatewayId"}},
	"eipalloc": {"InvalidAllocationID.NotFound", "allocation-id", map[string]string{"DescribeAddresses": "allocationId"}},
	"rtb":      {"InvalidRouteTableID.NotFound", "route-table-id", map[string]string{"DescribeRouteTables": "routeTableId"}},
	"nat":      {"InvalidNatGatewayID.NotFound", "nat-gateway-id", map[string]string{"DescribeNatGateways": "natGatewayId"}},
	"acl":      {"InvalidNetworkAclID.NotFound", "network-acl-id", map[string]string{"DescribeNetworkAcls": "networkAclId"}},
	"dopt":     {"InvalidDhcpOptionID.NotFound", "dhcp-options-id", map[string]string{"DescribeDhcpOptions": "dhcpOptionsId"}},
	"i": {"InvalidInstanceID.NotFound", "instance-id", map[string]string{
		"DescribeInstances": "instancesSet/item/instanceId", "DescribeInstanceStatus": "instanceId",
	}},
	"eni":        {"InvalidNetworkInterfaceID.NotFound", "network-interface-id", map[string]string{"DescribeNetworkInterfaces": "networkInterfaceId"}},
	"lt":         {"InvalidLaunchTemplateId.NotFound", "", map[string]string{"DescribeLaunchTemplates": "launchTemplateId", "DescribeLaunchTemplateVersions": "launchTemplateId"}},
	"pl":         {"InvalidPrefixListID.NotFound", "prefix-list-id", map[string]string{"DescribeManagedPrefixLists": "prefixListId"}},
	"tgw":        {"InvalidTransitGatewayID.NotFound", "transit-gateway-id", map[string]string{"DescribeTransitGateways": "transitGatewayId"}},
	"tgw-attach": {"InvalidTransitGatewayAttachmentID.NotFound", "transit-gateway-attachment-id", map[string]string{"DescribeTransitGatewayVpcAttachments": "transitGatewayAttachmentId"}},
	"vpce":       {"InvalidVpcEndpointId.NotFound", "vpc-endpoint-id", map[string]string{"DescribeVpcEndpoints": "vpcEndpointId"}},
	"vpce-svc":   {"InvalidVpcEndpointServiceId.NotFound", "service-id", map[string]string{"DescribeVpcEndpointServiceConfigurations": "serviceId"}},
	"pcx":        {"InvalidVpcPeeringConnectionID.NotFound", "vpc-peering-connection-id", map[string]string{"DescribeVpcPeeringConnections": "vpcPeeringConnectionId"}},
	"fl":         {"InvalidFlowLogId.NotFound", "flow-log-id", map[string]string{"DescribeFlowLogs": "flowLogId"}},
	"cr":         {"InvalidCapacityReservationId.NotFound", "", map[string]string{"DescribeCapacityReservations": "capacityReservationId"}},
}

// kindOf gives the kind of an id of EC2, false for a text that is none.
func kindOf(id string) (sightKind, bool) {
	at := strings.LastIndex(id, "-")
	if at < 0 {
		return sightKind{}, false
	}
	kind, known := ec2Kinds[id[:at]]
	return kind, known
}

// missingCode is the code for an id that a call names and that isn't there.
func (k sightKind) missingCode(c *call) string {
	if c.action == "DescribeNatGateways" {
		// Its own list of error codes has another one than the calls that
		// refer to a NAT gateway.
		return "NatGatewayNotFound"
	}
	return k.missing
}

// iamKinds by the create. IAM's calls name a resource in one parameter, by its
// name or its ARN; its lists have both.
var iamKinds = map[string]struct{ param, list string }{
	"CreateRole":                  {"RoleName", "ListRoles"},
	"CreatePolicy":                {"PolicyArn", "ListPolicies"},
	"CreateInstanceProfile":       {"InstanceProfileName", "ListInstanceProfiles"},
	"CreateUser":                  {"UserName", "ListUsers"},
	"CreateGroup":                 {"GroupName", "ListGroups"},
	"CreateOpenIDConnectProvider": {"OpenIDConnectProviderArn", "ListOpenIDConnectProviders"},
}
