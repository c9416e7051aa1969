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
	// creates is the action that creates one, and id the element of its answer with
	// the id. If they are empty, the first parameter determines them. several means
	// that the action may create several.
	creates, id string
	several     bool
	// parts are actions that make a part of a resource, and the element of the answer with its id.
	parts map[string]string
	// fails means that the resource of an accepted create may fail later.
	fails bool
	// timed is its type in StateTime, or that of its parts. states are the transient states. AWS lists
	// a resource in the state deleted, and then no longer.
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

	// links are actions that link a resource to one of this kind. The link belongs
	// to the resource in these parameters, because it has one link at a time.
	links map[string][]string
	// scope means that a filter by its id limits a search, and is not its subject.
	scope bool
	// trusts are the actions whose document names principals.
	trusts []string
	// inEC2 is the parameter with which EC2's calls name one of IAM.
	inEC2 string
	// quotas are the limits of a quota that AWS raises on request, by its name.
	quotas map[string][2]int
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
		lists:  map[string]string{"DescribeSecurityGroups": "groupId", "DescribeSecurityGroupRules": "groupId"},
		quotas: map[string][2]int{QuotaRulesPerSecurityGroup: {1, 1000}}},
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
	{service: serviceEC2, params: []string{"NatGatewayId"}, creates: "CreateNatGateway", fails: true, timed: "natgateway", states: []string{"pending", "deleting", "deleted"},
		prefix: "nat", missing: "InvalidNatGatewayID.NotFound", missingIn: map[string]string{"DescribeNatGateways": "NatGatewayNotFound", "DeleteNatGateway": "NatGatewayNotFound"},
		filter: "nat-gateway-id", lists: map[string]string{"DescribeNatGateways": "natGatewayId"}},
	{service: serviceEC2, params: []string{"NetworkAclId"},
		prefix: "acl", missing: "InvalidNetworkAclID.NotFound", filter: "network-acl-id", lists: map[string]string{"DescribeNetworkAcls": "networkAclId"},
		parts: map[string]string{"ReplaceNetworkAclAssociation": "newAssociationId"}},
	{service: serviceEC2, params: []string{"RouteTableId"}, timed: "route-table-association", states: []string{"disassociated"},
		prefix: "rtb", missing: "InvalidRouteTableID.NotFound", filter: "route-table-id", lists: map[string]string{"DescribeRouteTables": "routeTableId"},
		links: map[string][]string{"AssociateRouteTable": {"SubnetId", "GatewayId"}}},
	{service: serviceEC2, params: []string{"VpcEndpointId"}, fails: true, timed: "vpc-endpoint", states: []string{"pending", "deleting", "deleted"},
		prefix: "vpce", missing: "InvalidVpcEndpointId.NotFound", filter: "vpc-endpoint-id", lists: map[string]string{"DescribeVpcEndpoints": "vpcEndpointId"}},
	{service: serviceEC2, params: []string{"ServiceId"}, creates: "CreateVpcEndpointServiceConfiguration", id: "serviceId",
		prefix: "vpce-svc", missing: "InvalidVpcEndpointServiceId.NotFound", filter: "service-id", lists: map[string]string{"DescribeVpcEndpointServiceConfigurations": "serviceId"}},
	{service: serviceEC2, params: []string{"VpcPeeringConnectionId"}, creates: "CreateVpcPeeringConnection", id: "vpcPeeringConnectionId", fails: true,
		timed: "vpc-peering-connection", states: []string{"initiating-request", "provisioning", "deleting", "deleted"},
		prefix: "pcx", missing: "InvalidVpcPeeringConnectionID.NotFound", filter: "vpc-peering-connection-id",
		lists: map[string]string{"DescribeVpcPeeringConnections": "vpcPeeringConnectionId"}},
	{service: serviceEC2, params: []string{"TransitGatewayAttachmentId"}, creates: "CreateTransitGatewayVpcAttachment", id: "transitGatewayAttachmentId",
		timed: "transit-gateway-attachment", states: []string{"pending", "modifying", "deleting", "deleted", "rejecting"},
		prefix: "tgw-attach", missing: "InvalidTransitGatewayAttachmentID.NotFound", filter: "transit-gateway-attachment-id",
		lists: map[string]string{"DescribeTransitGatewayVpcAttachments": "transitGatewayAttachmentId"}},
	{service: serviceEC2, params: []string{"TransitGatewayId"}, creates: "CreateTransitGateway", timed: "transit-gateway", states: []string{"pending", "modifying", "deleting", "deleted"},
		prefix: "tgw", missing: "InvalidTransitGatewayID.NotFound", filter: "transit-gateway-id", lists: map[string]string{"DescribeTransitGateways": "transitGatewayId"}},
	{service: serviceEC2, params: []string{"LaunchTemplateId"}, creates: "CreateLaunchTemplate", id: "launchTemplateId",
		prefix: "lt", missing: "InvalidLaunchTemplateId.NotFound",
		lists: map[string]string{"DescribeLaunchTemplates": "launchTemplateId", "DescribeLaunchTemplateVersions": "launchTemplateId"}},
	{service: serviceEC2, params: []string{"PrefixListId"}, creates: "CreateManagedPrefixList", fails: true, timed: "prefix-list", states: []string{"create-in-progress", "modify-in-progress", "delete-in-progress"}, id: "prefixListId",
		prefix: "pl", missing: "InvalidPrefixListID.NotFound", filter: "prefix-list-id", lists: map[string]string{"DescribeManagedPrefixLists": "prefixListId"}},
	{service: serviceEC2, params: []string{"CapacityReservationId"}, creates: "CreateCapacityReservation", fails: true, timed: "capacity-reservation", states: []string{"pending", "assessing"},
		prefix: "cr", missing: "InvalidCapacityReservationId.NotFound", lists: map[string]string{"DescribeCapacityReservations": "capacityReservationId"}},
	{service: serviceEC2, params: []string{"FlowLogId"}, creates: "CreateFlowLogs", id: "flowLogIdSet>item",
		prefix: "fl", missing: "InvalidFlowLogId.NotFound", filter: "flow-log-id", lists: map[string]string{"DescribeFlowLogs": "flowLogId"}, several: true},
	{service: serviceEC2, params: []string{"InstanceId"}, creates: "RunInstances", id: "instanceId", several: true, fails: true, timed: "instance", states: []string{"pending", "stopping", "shutting-down"},
		prefix: "i", missing: "InvalidInstanceID.NotFound", filter: "instance-id",
		lists: map[string]string{"DescribeInstances": "instancesSet/item/instanceId", "DescribeInstanceStatus": "instanceId"}},
	{params: []string{"ResourceId"}}, // of any kind: CreateTags
	{service: serviceEC2, creates: "CreateNetworkInterface", id: "networkInterfaceId", prefix: "eni", missing: "InvalidNetworkInterfaceID.NotFound", filter: "network-interface-id",
		lists: map[string]string{"DescribeNetworkInterfaces": "networkInterfaceId"}},
	{service: serviceIAM, name: "InstanceProfileName", called: "InstanceProfileName", creates: "CreateInstanceProfile", inEC2: "IamInstanceProfile",
		lists: map[string]string{"ListInstanceProfiles": "Arn"}, reads: []read{readBy("GetInstanceProfile", "InstanceProfileName")}},
	{service: serviceIAM, params: []string{"RoleArn"}, name: "RoleName", called: "RoleName", creates: "CreateRole",
		trusts: []string{"CreateRole", "UpdateAssumeRolePolicy"},
		lists:  map[string]string{"ListRoles": "Arn"},
		reads:  []read{readBy("GetRole", "RoleName"), readBy("ListAttachedRolePolicies", "RoleName"), readBy("ListRolePolicies", "RoleName"), readBy("ListRoleTags", "RoleName"), readBy("GetRolePolicy", "RoleName", "PolicyName")}},
	{service: serviceIAM, called: "RoleName", creates: "CreateServiceLinkedRole", id: "RoleName",
		lists: map[string]string{"ListRoles": "RoleName"}, reads: []read{readBy("GetRole", "RoleName"), readBy("ListRoleTags", "RoleName")}},
	{service: serviceIAM, params: []string{"OpenIDConnectProviderArn"}, called: "OpenIDConnectProviderArn", creates: "CreateOpenIDConnectProvider", id: "OpenIDConnectProviderArn",
		lists: map[string]string{"ListOpenIDConnectProviders": "Arn"}, reads: []read{readBy("GetOpenIDConnectProvider", "OpenIDConnectProviderArn"), readBy("ListOpenIDConnectProviderTags", "OpenIDConnectProviderArn")}},
	{service: serviceIAM, params: []string{"UserId"}, name: "UserName", called: "UserName", creates: "CreateUser", id: "UserId",
		lists: map[string]string{"ListUsers": "UserId"},
		reads: []read{readBy("GetUser", "UserName"), readBy("ListAttachedUserPolicies", "UserName"), readBy("ListUserPolicies", "UserName"), readBy("ListUserTags", "UserName"), readBy("GetUserPolicy", "UserName", "PolicyName")}},
	{service: serviceIAM, params: []string{"GroupId"}, name: "GroupName", called: "GroupName", creates: "CreateGroup", id: "GroupId",
		lists: map[string]string{"ListGroups": "GroupId"},
		reads: []read{readBy("GetGroup", "GroupName"), readBy("ListAttachedGroupPolicies", "GroupName"), readBy("ListGroupPolicies", "GroupName"), readBy("GetGroupPolicy", "GroupName", "PolicyName")}},
	{service: serviceEC2, params: []string{"SubnetId"},
		prefix: "subnet", missing: "InvalidSubnetID.NotFound", filter: "subnet-id", lists: map[string]string{"DescribeSubnets": "subnetId"}},
	{service: serviceEC2, params: []string{"VpcId"},
		prefix: "vpc", missing: "InvalidVpcID.NotFound", filter: "vpc-id", scope: true, lists: map[string]string{"DescribeVpcs": "vpcId"},
		reads: []read{vpcAttribute("enableDnsSupport"), vpcAttribute("enableDnsHostnames"), vpcAttribute("enableNetworkAddressUsageMetrics")}},
}

// kindOf returns the kind of an id of EC2, or nil if the text is not such an id.
func kindOf(id string) *kind {
	at := strings.LastIndex(id, "-")
	if at < 0 {
		return nil
	}
	return kindWhere(func(k *kind) bool { return k.prefix == id[:at] })
}

// kindMadeBy returns the kind that an action creates, or nil if no row is about it. An action such as
// CreateRoute adds a part to a resource.
func kindMadeBy(action string) *kind {
	return kindWhere(func(k *kind) bool { return k.createdBy() == action })
}

// createdBy returns the action that creates a resource of the kind: CreateVpc for VpcId.
func (k *kind) createdBy() string {
	if k.creates != "" || len(k.params) == 0 {
		return k.creates
	}
	return "Create" + strings.TrimSuffix(k.params[0], "Id")
}

// idElement returns the element with the id in the answer to a create.
func (k *kind) idElement() string {
	switch {
	case k.id != "":
		return k.id
	case k.service == serviceIAM:
		return "Arn"
	}
	return strings.ToLower(k.params[0][:1]) + k.params[0][1:]
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
