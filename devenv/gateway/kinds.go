package gateway

import (
	"net/url"
	"strings"
)

// kind is what journal and faults know of a kind of resource: how calls speak of
// it. How AWS behaves towards it stands in tackmoto.
type kind struct {
	service string
	// params name one in a request, name does so by a name of IAM; called is the
	// parameter by which IAM's calls about it go.
	params       []string
	name, called string
	// creates is the action that makes one, where that is not "Create" with the
	// noun in front of "Id"; id is the element with the id in its answer.
	creates, id string
	// fails says that a create may be accepted and what it made fail later.
	fails bool
	// timed is its type in StateTime, and states those that AWS leaves by itself.
	timed  string
	states []string

	// prefix is that of the ids of EC2, missing the code for an id that is not
	// there, missingIn the same of one action.
	prefix, missing string
	missingIn       map[string]string
	// filter is the name of the filter on the id.
	filter string
	// lists are the reads with a row for each, and where the row has the id.
	lists map[string]string
	// reads are about one of it and have no rows.
	reads []read
}

// read takes the named parameters over from a mutation.
type read struct {
	action string
	params []string
	fixed  url.Values
}

func by(action string, params ...string) read { return read{action: action, params: params} }

func vpcAttribute(name string) read {
	return read{"DescribeVpcAttribute", []string{"VpcId"}, url.Values{"Attribute": {name}}}
}

// kinds in the order in which a request is about them, the most specific first:
// AttachInternetGateway is about the gateway, not about its VPC. The codes are
// those of the list of EC2's error codes.
var kinds = []kind{
	{service: serviceEC2, params: []string{"GroupId", "SecurityGroupRuleId"}, creates: "CreateSecurityGroup", id: "groupId",
		prefix: "sg", missing: "InvalidGroup.NotFound", filter: "group-id",
		lists: map[string]string{"DescribeSecurityGroups": "groupId", "DescribeSecurityGroupRules": "groupId"}},
	{service: serviceIAM, params: []string{"PolicyArn"}, name: "PolicyName", called: "PolicyArn", creates: "CreatePolicy",
		lists: map[string]string{"ListPolicies": "Arn"},
		reads: []read{by("GetPolicy", "PolicyArn"), by("ListPolicyVersions", "PolicyArn"), by("ListPolicyTags", "PolicyArn")}},
	{service: serviceEC2, params: []string{"DhcpOptionsId"},
		prefix: "dopt", missing: "InvalidDhcpOptionID.NotFound", filter: "dhcp-options-id", lists: map[string]string{"DescribeDhcpOptions": "dhcpOptionsId"}},
	{service: serviceEC2, params: []string{"InternetGatewayId"},
		prefix: "igw", missing: "InvalidInternetGatewayID.NotFound", filter: "internet-gateway-id", lists: map[string]string{"DescribeInternetGateways": "internetGatewayId"}},
	{service: serviceEC2, params: []string{"EgressOnlyInternetGatewayId"},
		prefix: "eigw", missing: "InvalidGatewayID.NotFound", lists: map[string]string{"DescribeEgressOnlyInternetGateways": "egressOnlyInternetGatewayId"}},
	{service: serviceEC2, params: []string{"AllocationId", "AssociationId"}, creates: "AllocateAddress", id: "allocationId",
		prefix: "eipalloc", missing: "InvalidAllocationID.NotFound", filter: "allocation-id", lists: map[string]string{"DescribeAddresses": "allocationId"}},
	{service: serviceEC2, params: []string{"NatGatewayId"}, creates: "CreateNatGateway", fails: true, timed: "natgateway", states: []string{"pending", "deleting"},
		prefix: "nat", missing: "InvalidNatGatewayID.NotFound", missingIn: map[string]string{"DescribeNatGateways": "NatGatewayNotFound"},
		filter: "nat-gateway-id", lists: map[string]string{"DescribeNatGateways": "natGatewayId"}},
	{service: serviceEC2, params: []string{"NetworkAclId"},
		prefix: "acl", missing: "InvalidNetworkAclID.NotFound", filter: "network-acl-id", lists: map[string]string{"DescribeNetworkAcls": "networkAclId"}},
	{service: serviceEC2, params: []string{"RouteTableId"},
		prefix: "rtb", missing: "InvalidRouteTableID.NotFound", filter: "route-table-id", lists: map[string]string{"DescribeRouteTables": "routeTableId"}},
	{service: serviceEC2, params: []string{"VpcEndpointId"},
		prefix: "vpce", missing: "InvalidVpcEndpointId.NotFound", filter: "vpc-endpoint-id", lists: map[string]string{"DescribeVpcEndpoints": "vpcEndpointId"}},
	{service: serviceEC2, params: []string{"ServiceId"}, creates: "CreateVpcEndpointServiceConfiguration", id: "serviceId",
		prefix: "vpce-svc", missing: "InvalidVpcEndpointServiceId.NotFound", filter: "service-id", lists: map[string]string{"DescribeVpcEndpointServiceConfigurations": "serviceId"}},
	{service: serviceEC2, params: []string{"VpcPeeringConnectionId"},
		prefix: "pcx", missing: "InvalidVpcPeeringConnectionID.NotFound", filter: "vpc-peering-connection-id",
		lists: map[string]string{"DescribeVpcPeeringConnections": "vpcPeeringConnectionId"}},
	{service: serviceEC2, params: []string{"TransitGatewayAttachmentId"}, creates: "CreateTransitGatewayVpcAttachment", id: "transitGatewayAttachmentId",
		prefix: "tgw-attach", missing: "InvalidTransitGatewayAttachmentID.NotFound", filter: "transit-gateway-attachment-id",
		lists: map[string]string{"DescribeTransitGatewayVpcAttachments": "transitGatewayAttachmentId"}},
	{service: serviceEC2, params: []string{"TransitGatewayId"},
		prefix: "tgw", missing: "InvalidTransitGatewayID.NotFound", filter: "transit-gateway-id", lists: map[string]string{"DescribeTransitGateways": "transitGatewayId"}},
	{service: serviceEC2, params: []string{"LaunchTemplateId"}, prefix: "lt", missing: "InvalidLaunchTemplateId.NotFound",
		lists: map[string]string{"DescribeLaunchTemplates": "launchTemplateId", "DescribeLaunchTemplateVersions": "launchTemplateId"}},
	{service: serviceEC2, params: []string{"PrefixListId"}, creates: "CreateManagedPrefixList", id: "prefixListId",
		prefix: "pl", missing: "InvalidPrefixListID.NotFound", filter: "prefix-list-id", lists: map[string]string{"DescribeManagedPrefixLists": "prefixListId"}},
	{service: serviceEC2, params: []string{"CapacityReservationId"},
		prefix: "cr", missing: "InvalidCapacityReservationId.NotFound", lists: map[string]string{"DescribeCapacityReservations": "capacityReservationId"}},
	{service: serviceEC2, params: []string{"FlowLogId"}, creates: "CreateFlowLogs", id: "flowLogIdSet>item",
		prefix: "fl", missing: "InvalidFlowLogId.NotFound", filter: "flow-log-id", lists: map[string]string{"DescribeFlowLogs": "flowLogId"}},
	{service: serviceEC2, params: []string{"InstanceId"}, creates: "RunInstances", id: "instanceId", fails: true, timed: "instance", states: []string{"pending", "stopping", "shutting-down"},
		prefix: "i", missing: "InvalidInstanceID.NotFound", filter: "instance-id",
		lists: map[string]string{"DescribeInstances": "instancesSet/item/instanceId", "DescribeInstanceStatus": "instanceId"}},
	{params: []string{"ResourceId"}}, // of any kind: CreateTags
	{service: serviceEC2, prefix: "eni", missing: "InvalidNetworkInterfaceID.NotFound", filter: "network-interface-id",
		lists: map[string]string{"DescribeNetworkInterfaces": "networkInterfaceId"}},
	{service: serviceIAM, name: "InstanceProfileName", called: "InstanceProfileName", creates: "CreateInstanceProfile",
		lists: map[string]string{"ListInstanceProfiles": "Arn"}, reads: []read{by("GetInstanceProfile", "InstanceProfileName")}},
	{service: serviceIAM, params: []string{"RoleArn"}, name: "RoleName", called: "RoleName", creates: "CreateRole",
		lists: map[string]string{"ListRoles": "Arn"},
		reads: []read{by("GetRole", "RoleName"), by("ListAttachedRolePolicies", "RoleName"), by("ListRolePolicies", "RoleName"), by("ListRoleTags", "RoleName"), by("GetRolePolicy", "RoleName", "PolicyName")}},
	{service: serviceIAM, params: []string{"OpenIDConnectProviderArn"}, called: "OpenIDConnectProviderArn", creates: "CreateOpenIDConnectProvider", id: "OpenIDConnectProviderArn",
		lists: map[string]string{"ListOpenIDConnectProviders": "Arn"}},
	{service: serviceIAM, name: "UserName", called: "UserName", creates: "CreateUser", lists: map[string]string{"ListUsers": "Arn"}},
	{service: serviceIAM, name: "GroupName", called: "GroupName", creates: "CreateGroup", lists: map[string]string{"ListGroups": "Arn"}},
	{service: serviceEC2, params: []string{"SubnetId"},
		prefix: "subnet", missing: "InvalidSubnetID.NotFound", filter: "subnet-id", lists: map[string]string{"DescribeSubnets": "subnetId"}},
	{service: serviceEC2, params: []string{"VpcId"},
		prefix: "vpc", missing: "InvalidVpcID.NotFound", filter: "vpc-id", lists: map[string]string{"DescribeVpcs": "vpcId"},
		reads: []read{vpcAttribute("enableDnsSupport"), vpcAttribute("enableDnsHostnames"), vpcAttribute("enableNetworkAddressUsageMetrics")}},
}

// linkCreates are done for what is linked to the subject, which has one at a time.
var linkCreates = map[string][]string{"AssociateRouteTable": {"SubnetId", "GatewayId"}}

// partCreates begin with Create but make a part of a resource, not one.
var partCreates = map[string]bool{
	"CreateTags": true, "CreateRoute": true, "CreateNetworkAclEntry": true,
	"CreatePolicyVersion": true, "CreateLaunchTemplateVersion": true,
	"CreateTransitGatewayRoute": true, "CreateManagedPrefixListEntry": true,
}

// kindOf gives the kind of an id of EC2, nil for a text that is none.
func kindOf(id string) *kind {
	at := strings.LastIndex(id, "-")
	if at < 0 {
		return nil
	}
	return kindWhere(func(k *kind) bool { return k.prefix == id[:at] })
}

// kindMadeBy returns the kind that an action creates, or nil if no row names the action.
func kindMadeBy(action string) *kind {
	return kindWhere(func(k *kind) bool { return k.creates == action })
}

func kindWhere(fits func(*kind) bool) *kind {
	for i := range kinds {
		if fits(&kinds[i]) {
			return &kinds[i]
		}
	}
	return nil
}

// missingCode is the code for an id that a call names and that isn't there.
func (k *kind) missingCode(c *call) string {
	if code := k.missingIn[c.action]; code != "" {
		return code
	}
	return k.missing
}

// makesResource tells the actions that make a resource of their own.
func makesResource(action string) bool {
	if k := kindMadeBy(action); k != nil {
		return true
	}
	return strings.HasPrefix(action, "Create") && !partCreates[action]
}

// failable are the actions that FaultFailed is for.
func failable() (actions []string) {
	for _, k := range kinds {
		if k.fails {
			actions = append(actions, k.creates)
		}
	}
	return actions
}

// transient are the states that AWS leaves by itself, by the type in StateTime.
var transient = func() map[string][]string {
	states := map[string][]string{}
	for _, k := range kinds {
		if k.timed != "" {
			states[k.timed] = k.states
		}
	}
	return states
}()
