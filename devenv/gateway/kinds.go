package gateway

import (
	"net/url"
	"strings"
)

// kind describes a kind of resource for the journal and the faults: how calls name
// it, and which reads return it. Its behavior in AWS is in tackmoto.
type kind struct {
	service string
	// params are the request parameters with its id; name is the parameter with
	// its name in IAM. IAM's calls identify it by the parameter in called.
	params       []string
	name, called string
	// creates is the action that creates one. The element of its answer with the
	// id is id; if empty, the name of the action determines it.
	creates, id string
	// fails means that the resource of an accepted create may fail later.
	fails bool
	// timed is its type in StateTime. states are its transient states.
	timed  string
	states []string

	// prefix is the prefix of its ids in EC2. The error code for an id that does
	// not exist is missing; missingIn has the codes of single actions.
	prefix, missing string
	missingIn       map[string]string
	// filter is the name of the filter on the id.
	filter string
	// lists are the reads with a row per resource, and the path of the id in a row.
	lists map[string]string
	// reads return one resource, without rows.
	reads []read
}

// read is a read with the named parameters of a mutation, and some fixed ones.
type read struct {
	action string
	params []string
	fixed  url.Values
}

func readBy(action string, params ...string) read { return read{action: action, params: params} }

func vpcAttribute(name string) read {
	return read{"DescribeVpcAttribute", []string{"VpcId"}, url.Values{"Attribute": {name}}}
}

// kinds lists the most specific kind first. The first kind that a request names is
// its subject: AttachInternetGateway is about the gateway, not about the VPC. The
// codes are from AWS's list of EC2's error codes.
var kinds = []kind{
	{service: serviceEC2, params: []string{"GroupId", "SecurityGroupRuleId"}, creates: "CreateSecurityGroup", id: "groupId",
		prefix: "sg", missing: "InvalidGroup.NotFound", filter: "group-id",
		lists: map[string]string{"DescribeSecurityGroups": "groupId", "DescribeSecurityGroupRules": "groupId"}},
	{service: serviceIAM, params: []string{"PolicyArn"}, name: "PolicyName", called: "PolicyArn", creates: "CreatePolicy",
		lists: map[string]string{"ListPolicies": "Arn"},
		reads: []read{readBy("GetPolicy", "PolicyArn"), readBy("ListPolicyVersions", "PolicyArn"), readBy("ListPolicyTags", "PolicyArn")}},
	{service: serviceEC2, params: []string{"DhcpOptionsId"},
		prefix: "dopt", missing: "InvalidDhcpOptionID.NotFound", filter: "dhcp-options-id", lists: map[string]string{"DescribeDhcpOptions": "dhcpOptionsId"}},
	{service: serviceEC2, params: []string{"InternetGatewayId"},
		prefix: "igw", missing: "InvalidInternetGatewayID.NotFound", filter: "internet-gateway-id", lists: map[string]string{"DescribeInternetGateways": "internetGatewayId"}},
	{service: serviceEC2, params: []string{"EgressOnlyInternetGatewayId"},
		prefix: "eigw", missing: "InvalidGatewayID.NotFound", lists: map[string]string{"DescribeEgressOnlyInternetGateways": "egressOnlyInternetGatewayId"}},
	{service: serviceEC2, params: []string{"AllocationId", "AssociationId"}, creates: "AllocateAddress", id: "allocationId",
		prefix: "eipalloc", missing: "InvalidAllocationID.NotFound", filter: "allocation-id", lists: map[string]string{"DescribeAddresses": "allocationId"}},
	{service: serviceEC2, params: []string{"NatGatewayId"}, creates: "CreateNatGateway", fails: true, timed: "natgateway", states: []string{"pending", "deleting"},
		prefix: "nat", missing: "InvalidNatGatewayID.NotFound", missingIn: map[string]string{"DescribeNatGateways": "NatGatewayNotFound", "DeleteNatGateway": "NatGatewayNotFound"},
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
	{service: serviceEC2, params: []string{"TransitGatewayId"}, creates: "CreateTransitGateway", timed: "transit-gateway", states: []string{"pending", "modifying", "deleting"},
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
		lists: map[string]string{"ListInstanceProfiles": "Arn"}, reads: []read{readBy("GetInstanceProfile", "InstanceProfileName")}},
	{service: serviceIAM, params: []string{"RoleArn"}, name: "RoleName", called: "RoleName", creates: "CreateRole",
		lists: map[string]string{"ListRoles": "Arn"},
		reads: []read{readBy("GetRole", "RoleName"), readBy("ListAttachedRolePolicies", "RoleName"), readBy("ListRolePolicies", "RoleName"), readBy("ListRoleTags", "RoleName"), readBy("GetRolePolicy", "RoleName", "PolicyName")}},
	{service: serviceIAM, params: []string{"OpenIDConnectProviderArn"}, called: "OpenIDConnectProviderArn", creates: "CreateOpenIDConnectProvider", id: "OpenIDConnectProviderArn",
		lists: map[string]string{"ListOpenIDConnectProviders": "Arn"}, reads: []read{readBy("GetOpenIDConnectProvider", "OpenIDConnectProviderArn"), readBy("ListOpenIDConnectProviderTags", "OpenIDConnectProviderArn")}},
	{service: serviceIAM, name: "UserName", called: "UserName", creates: "CreateUser", lists: map[string]string{"ListUsers": "Arn"}},
	{service: serviceIAM, name: "GroupName", called: "GroupName", creates: "CreateGroup", lists: map[string]string{"ListGroups": "Arn"}},
	{service: serviceEC2, params: []string{"SubnetId"},
		prefix: "subnet", missing: "InvalidSubnetID.NotFound", filter: "subnet-id", lists: map[string]string{"DescribeSubnets": "subnetId"}},
	{service: serviceEC2, params: []string{"VpcId"},
		prefix: "vpc", missing: "InvalidVpcID.NotFound", filter: "vpc-id", lists: map[string]string{"DescribeVpcs": "vpcId"},
		reads: []read{vpcAttribute("enableDnsSupport"), vpcAttribute("enableDnsHostnames"), vpcAttribute("enableNetworkAddressUsageMetrics")}},
}

// linkCreates are actions that link a resource to their subject. The link belongs
// to the resource in these parameters, because it has one link at a time.
var linkCreates = map[string][]string{"AssociateRouteTable": {"SubnetId", "GatewayId"}}

// partCreates are actions that begin with Create, but add a part to a resource.
var partCreates = map[string]bool{
	"CreateTags": true, "CreateRoute": true, "CreateNetworkAclEntry": true,
	"CreatePolicyVersion": true, "CreateLaunchTemplateVersion": true,
	"CreateTransitGatewayRoute": true, "CreateManagedPrefixListEntry": true,
}

// kindOf returns the kind of an id of EC2, or nil if the text is not such an id.
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

// missingCode returns the error code for a call that names an id that does not exist.
func (k *kind) missingCode(c *call) string {
	if code := k.missingIn[c.action]; code != "" {
		return code
	}
	return k.missing
}

// makesResource reports whether an action creates a resource, not a part of one.
func makesResource(action string) bool {
	if k := kindMadeBy(action); k != nil {
		return true
	}
	return strings.HasPrefix(action, "Create") && !partCreates[action]
}

// failable returns the actions that FaultFailed supports.
func failable() (actions []string) {
	for _, k := range kinds {
		if k.fails {
			actions = append(actions, k.creates)
		}
	}
	return actions
}

// transient are the states that a resource leaves without a call, by the type in StateTime.
var transient = func() map[string][]string {
	states := map[string][]string{}
	for _, k := range kinds {
		if k.timed != "" {
			states[k.timed] = k.states
		}
	}
	return states
}()
