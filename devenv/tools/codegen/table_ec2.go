package main

import (
	"maps"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func ec2Group() group {
	g := group{
		service: "ec2",
		title:   "Amazon EC2",
		pages:   "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/",
		kinds:   append(append(vpcKinds(), gatewayKinds()...), instanceKinds()...),
		fields: map[string]string{
			"IPPermission.ipRanges":         "lists IPv4 peers.",
			"IPPermission.ipv6Ranges":       "lists IPv6 peers.",
			"IPPermission.prefixListIDs":    "lists peers by prefix list.",
			"IPPermission.userIDGroupPairs": "lists peers by security group.",
			"ICMPTypeCode.code":             "is the ICMP code; -1 means all codes of the type.",
			"ICMPTypeCode.type_":            "is the ICMP type; -1 means all.",
			"NewDHCPConfiguration.key":      "is the name of the option, for example domain-name-servers.",
			"NewDHCPConfiguration.values":   "lists the values of the option.",
			"UserIDGroupPair.groupName":     "is the name of the peer group; AWS accepts it only in a default VPC.",
			"UserIDGroupPair.userID":        "is the account of the peer group.",

			"DestinationOptionsRequest.hiveCompatiblePartitions": "says whether prefixes are compatible with Hive.",
			"DestinationOptionsRequest.perHourPartition":         "says whether each hour has its own prefix, instead of each day.",
			"ElasticGPUSpecification.type":                       "is the type of the accelerator.",
			"ElasticInferenceAccelerator.count":                  "is the number of accelerators.",
			"ElasticInferenceAccelerator.type_":                  "is the type of the accelerator.",
			"EnclaveOptionsRequest.enabled":                      "says whether the instance may have enclaves.",
			"HibernationOptionsRequest.configured":               "says whether the instance may hibernate.",
			"IAMInstanceProfileSpecification.arn":                "is the ARN of the instance profile.",
			"IAMInstanceProfileSpecification.name":               "is the name of the instance profile.",
			"IAMInstanceProfileSpecification.nameRef":            "names the InstanceProfile object whose name to use.",
			"InstanceState.code":                                 "is AWS's number of the state.",
			"InstanceState.name":                                 "is the state.",
			"LaunchTemplateSpecification.version":                "is the version of the launch template: a number, $Latest or $Default.",
			"PrivateIPAddressSpecification.primary":              "says whether it is the primary address.",
			"RunInstancesMonitoringEnabled.enabled":              "says whether AWS records metrics every minute.",
			"StateReason.code":                                   "is AWS's code of the reason.",
			"StateReason.message":                                "explains the reason.",
			"Tag.key":                                            "is the key of the tag.",
			"Tag.value":                                          "is the value of the tag.",

			"NetworkACLAssociation.networkACLAssociationID": "is not compared: AWS gives a subnet a new one whenever it changes its ACL.",
			"NetworkACLAssociation.networkACLID":            "is not compared: it is always the ACL of this object.",
			"NetworkACLEntry.cidrBlock":                     "is the IPv4 block, for example 10.0.0.0/8. An entry has this or ipv6CIDRBlock.",
			"NetworkACLEntry.egress":                        "says whether the entry applies to outbound traffic.",
			"NetworkACLEntry.icmpTypeCode":                  "is the ICMP type and code; AWS requires them for ICMP, and for ICMPv6 with an IPv6 block.",
			"NetworkACLEntry.ipv6CIDRBlock":                 "is the IPv6 block, for example 2001:db8::/32.",
			"NetworkACLEntry.portRange":                     "is the range of ports; AWS requires it for TCP and UDP.",
			"NetworkACLEntry.protocol":                      "is tcp, udp, icmp, icmpv6, a protocol number, or -1 for all.",
			"NetworkACLEntry.ruleAction":                    "says whether AWS lets the traffic pass.",
			"NetworkACLEntry.ruleNumber":                    "is the place of the entry, from 1 to 32766; the lowest that matches decides. It is unique for each direction.",
			"PortRange.from":                                "is the first port.",
			"PortRange.to":                                  "is the last port.",

			"CreateRouteInput.destinationCIDRBlock":     "is the destination IPv4 block, for example 0.0.0.0/0.",
			"CreateRouteInput.destinationIPv6CIDRBlock": "is the destination IPv6 block, for example ::/0.",
			"CreateRouteInput.destinationPrefixListID":  "is the ID of the prefix list of destination blocks.",
			"CreateRouteInput.gatewayID":                "is the ID of the internet gateway or virtual private gateway.",
			"CreateRouteInput.vpcEndpointID":            "is the ID of the VPC endpoint, which must belong to a Gateway Load Balancer.",
			"Route.state":                               "says whether the target exists; blackhole means that it does not.",
			"RouteTableAssociation.main":                "says whether the table applies to subnets without their own.",
		},
	}
	maps.Copy(g.fields, launchTemplateShapes())
	return g
}

// vpcKinds returns the rows of the network itself and its gateways.
func vpcKinds() []kind {
	return []kind{
		vpc(),
		securityGroup(),
		subnet(),
		routeTable(),
		networkACL(),
		dhcpOptions(),
		managedPrefixList(),
		flowLog(),
		vpcPeeringConnection(),
		vpcEndpoint(),
		vpcEndpointServiceConfiguration(),
	}
}

func gatewayKinds() []kind {
	return []kind{
		internetGateway(),
		{
			name: "EgressOnlyInternetGateway", doc: "API_EgressOnlyInternetGateway", about: "a gateway for outbound IPv6 traffic of a VPC", id: "id",
			input: reflect.TypeFor[ec2.CreateEgressOnlyInternetGatewayInput](), output: reflect.TypeFor[types.EgressOnlyInternetGateway](),
			references: []reference{{path: "vpcRef", into: "vpcID", kind: "ec2.VPC"}},
			fields: map[string]string{
				"spec.vpcID":         "is the ID of the VPC to attach the gateway to. AWS cannot change it later.",
				"status.attachments": "lists the attached VPCs: at most one.",
			},
		},
		natGateway(),
		elasticIPAddress(),
		{
			name: "TransitGateway", doc: "API_TransitGateway", about: "a router between VPCs and networks on premises", id: "transitGatewayID",
			input: reflect.TypeFor[ec2.CreateTransitGatewayInput](), output: reflect.TypeFor[types.TransitGateway](),
			fields: map[string]string{
				"spec.options": "are its settings. AWS cannot change multicastSupport later.",
			},
		},
		{
			name: "TransitGatewayVPCAttachment", accepted: true, doc: "API_TransitGatewayVpcAttachment", about: "the link of a VPC to a transit gateway", id: "id",
			input: reflect.TypeFor[ec2.CreateTransitGatewayVpcAttachmentInput](), output: reflect.TypeFor[types.TransitGatewayVpcAttachment](),
			references: []reference{
				{path: "transitGatewayRef", into: "transitGatewayID", kind: "ec2.TransitGateway"},
				{path: "vpcRef", into: "vpcID", kind: "ec2.VPC"},
				{
					path: "subnetRefs[]", into: "subnetIDs", kind: "ec2.Subnet", exists: true,
					why: "The route table of the subnet in turn waits for the attachment, if it leads to the gateway.",
				},
			},
			fields: map[string]string{
				"spec.options":          "are its settings.",
				"spec.subnetIDs":        "lists the subnets by which the gateway reaches the VPC, at most one of each zone.",
				"spec.transitGatewayID": "is the ID of the transit gateway. AWS cannot change it later.",
				"spec.vpcID":            "is the ID of the VPC. AWS cannot change it later.",
				"status.id":             "is the ID of the attachment.",
				"status.state":          "is the state. An attachment to another account's gateway waits in pendingAcceptance.",
			},
		},
	}
}

func instanceKinds() []kind {
	return []kind{
		instance(),
		launchTemplate(),
		capacityReservation(),
	}
}

func vpc() kind {
	return kind{
		name: "VPC", doc: "API_Vpc", about: "a virtual private cloud", id: "vpcID",
		input: reflect.TypeFor[ec2.CreateVpcInput](), output: reflect.TypeFor[types.Vpc](),
		lateInitialized: []string{"enableNetworkAddressUsageMetrics"},
		fields: map[string]string{
			"spec.amazonProvidedIPv6CIDRBlock":       "says whether to request an IPv6 block from Amazon.",
			"spec.cidrBlocks":                        "lists the IPv4 blocks; the first is the primary one, which AWS cannot change later.",
			"spec.disallowSecurityGroupDefaultRules": "says whether to remove all rules from the default security group.",
			"spec.enableDNSHostnames":                "says whether instances with public addresses get DNS names.",
			"spec.enableDNSSupport":                  "says whether Amazon's DNS server resolves names.",
			"spec.ipv4NetmaskLength":                 "is the size of the IPv4 block to allocate from the IPAM pool.",
			"spec.ipv6NetmaskLength":                 "is the size of the IPv6 block to allocate from the IPAM pool.",
			"spec.ipv6CIDRBlock":                     "is the IPv6 block to allocate from the pool in ipv6Pool.",
			"spec.ipv6CIDRBlockNetworkBorderGroup":   "is the zone group that announces the IPv6 block.",
			"spec.instanceTenancy":                   "is the tenancy of the instances' hardware.",
			"status.cidrBlockAssociationSet":         "lists the IPv4 blocks.",
			"status.ipv6CIDRBlockAssociationSet":     "lists the IPv6 blocks.",
			"status.securityGroupDefaultRulesExist":  "says whether the default security group has rules.",
			"status.isDefault":                       "says whether it is the Region's default VPC.",
		},
	}
}

func securityGroup() kind {
	rule := reflect.TypeFor[types.IpPermission]()
	return kind{
		name: "SecurityGroup", doc: "API_SecurityGroup", about: "a stateful packet filter of network interfaces", id: "id",
		input: reflect.TypeFor[ec2.CreateSecurityGroupInput](), output: reflect.TypeFor[types.SecurityGroup](),
		references: []reference{
			{path: "vpcRef", into: "vpcID", kind: "ec2.VPC"},
			{
				path: "ingressRules[].userIDGroupPairs[].groupRef", into: "groupID", kind: "ec2.SecurityGroup", step: true, exists: true,
				why: "Groups may name each other, so a group cannot wait for the rules of the other.",
			},
			{path: "ingressRules[].userIDGroupPairs[].vpcRef", into: "vpcID", kind: "ec2.VPC", step: true},
			{path: "egressRules[].userIDGroupPairs[].groupRef", into: "groupID", kind: "ec2.SecurityGroup", step: true, exists: true},
			{path: "egressRules[].userIDGroupPairs[].vpcRef", into: "vpcID", kind: "ec2.VPC", step: true},
		},
		types: map[string]reflect.Type{
			"spec.ingressRules": rule,
			"spec.egressRules":  rule,
			"status.rules":      reflect.TypeFor[types.SecurityGroupRule](),
		},
		fields: map[string]string{
			"spec.description":  "is a description. AWS requires one and cannot change it later.",
			"spec.name":         "is the group's name, unique in its VPC. AWS cannot change it later.",
			"spec.vpcID":        "is the id of the VPC. The default is the Region's default VPC.",
			"spec.ingressRules": "lists the inbound traffic that the group allows.",
			"spec.egressRules":  "lists the outbound traffic that the group allows.",
			"status.rules":      "lists the rules as AWS stores them, each with its id.",
		},
	}
}
