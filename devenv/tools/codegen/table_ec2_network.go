package main

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func subnet() kind {
	return kind{
		name: "Subnet", doc: "API_Subnet", about: "a range of addresses of a VPC in one Availability Zone", id: "subnetID",
		input: reflect.TypeFor[ec2.CreateSubnetInput](), output: reflect.TypeFor[types.Subnet](),
		references: []reference{
			{path: "vpcRef", into: "vpcID", kind: "ec2.VPC"},
			{path: "routeTableRefs[]", into: "routeTables", kind: "ec2.RouteTable", step: true},
		},
		fields: map[string]string{
			"spec.assignIPv6AddressOnCreation":     "says whether new network interfaces get an IPv6 address.",
			"spec.availabilityZone":                "is the name of the zone. By default AWS chooses one. AWS cannot change it later.",
			"spec.availabilityZoneID":              "is the id of the zone, instead of its name. AWS cannot change it later.",
			"spec.cidrBlock":                       "is the IPv4 block, from /16 to /28. AWS cannot change it later.",
			"spec.customerOwnedIPv4Pool":           "is the pool from which instances get customer-owned addresses.",
			"spec.enableDNS64":                     "says whether DNS synthesizes IPv6 addresses for hosts that have only IPv4.",
			"spec.enableResourceNameDNSAAAARecord": "says whether host names from instance ids get an AAAA record.",
			"spec.enableResourceNameDNSARecord":    "says whether host names from instance ids get an A record.",
			"spec.hostnameType":                    "is the form of host names: ip-name or resource-name.",
			"spec.ipv6CIDRBlock":                   "is the IPv6 block, from a block of the VPC.",
			"spec.ipv6Native":                      "says whether the subnet has only IPv6. AWS cannot change it later.",
			"spec.mapPublicIPOnLaunch":             "says whether new network interfaces get a public IPv4 address.",
			"spec.outpostARN":                      "is the ARN of the Outpost. AWS cannot change it later.",
			"spec.routeTables":                     "names the route table of the subnet: at most one. The default is the VPC's main table.",
			"spec.vpcID":                           "is the id of the VPC. AWS cannot change it later.",
			"status.availableIPAddressCount":       "is the number of free IPv4 addresses.",
			"status.defaultForAZ":                  "says whether it is the default subnet of its zone.",
			"status.enableLniAtDeviceIndex":        "is the device index of local network interfaces.",
			"status.ipv6CIDRBlockAssociationSet":   "lists the IPv6 blocks.",
			"status.mapCustomerOwnedIPOnLaunch":    "says whether new network interfaces get a customer-owned address.",
			"status.privateDNSNameOptionsOnLaunch": "says how host names are formed and which DNS records they get.",
		},
	}
}

func internetGateway() kind {
	return kind{
		name: "InternetGateway", doc: "API_InternetGateway", about: "the gateway of a VPC to the internet", id: "internetGatewayID",
		input: reflect.TypeFor[ec2.CreateInternetGatewayInput](), output: reflect.TypeFor[types.InternetGateway](),
		references: []reference{
			{path: "vpcRef", into: "vpc", kind: "ec2.VPC", step: true},
			{
				path: "routeTableRefs[]", into: "routeTables", kind: "ec2.RouteTable", step: true, exists: true,
				why: "The table in turn waits until the gateway is attached.",
			},
		},
		fields: map[string]string{
			"spec.routeTables":   "names the route table for traffic that enters through the gateway.",
			"spec.vpc":           "is the id of the VPC to attach the gateway to.",
			"status.attachments": "lists the attached VPCs: at most one.",
		},
	}
}

func dhcpOptions() kind {
	return kind{
		name: "DHCPOptions", doc: "API_DhcpOptions", about: "the options that the DHCP server of a VPC gives to its hosts", id: "dhcpOptionsID",
		input: reflect.TypeFor[ec2.CreateDhcpOptionsInput](), output: reflect.TypeFor[types.DhcpOptions](),
		references: []reference{{path: "vpcRefs[]", into: "vpc", kind: "ec2.VPC", step: true}},
		fields: map[string]string{
			"spec.dhcpConfigurations": "lists the options. AWS cannot change them later.",
			"spec.vpc":                "lists the IDs of the VPCs that use the options.",
		},
	}
}

func networkACL() kind {
	return kind{
		name: "NetworkACL", doc: "API_NetworkAcl", about: "a stateless packet filter of subnets", id: "id",
		input: reflect.TypeFor[ec2.CreateNetworkAclInput](), output: reflect.TypeFor[types.NetworkAcl](),
		references: []reference{
			{path: "vpcRef", into: "vpcID", kind: "ec2.VPC"},
			{path: "associations[].subnetRef", into: "subnetID", kind: "ec2.Subnet", step: true},
		},
		fields: map[string]string{
			"spec.associations": "lists the subnets that use the ACL. Another subnet uses the default ACL of its VPC.",
			"spec.entries":      "lists the entries. AWS denies what no entry allows.",
			"spec.vpcID":        "is the id of the VPC. AWS cannot change it later.",
			"status.isDefault":  "says whether it is the default ACL of its VPC.",
		},
	}
}
