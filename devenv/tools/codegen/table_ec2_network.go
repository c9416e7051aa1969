package main

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func subnet() kind {
	return kind{
		name: "Subnet", emit: true, doc: "API_Subnet", about: "a range of addresses of a VPC in one Availability Zone", id: "subnetID",
		input: reflect.TypeFor[ec2.CreateSubnetInput](), output: reflect.TypeFor[types.Subnet](),
		references: []reference{
			{path: "vpcRef", into: "vpcID", kind: "ec2.VPC"},
			{path: "routeTableRefs[]", into: "routeTables", kind: "ec2.RouteTable", step: true},
		},
		fields: map[string]string{
			"spec.assignIPv6AddressOnCreation":     "says whether new network interfaces get an IPv6 address.",
			"spec.availabilityZone":                "is the name of the zone; without it, AWS chooses one. AWS cannot change it later.",
			"spec.availabilityZoneID":              "is the id of the zone, in place of its name. AWS cannot change it later.",
			"spec.cidrBlock":                       "is the IPv4 block, from /16 to /28. AWS cannot change it later.",
			"spec.customerOwnedIPv4Pool":           "is the pool from which instances get customer-owned addresses.",
			"spec.enableDNS64":                     "says whether DNS makes up IPv6 addresses for hosts that have IPv4 only.",
			"spec.enableResourceNameDNSAAAARecord": "says whether names made of instance ids get an AAAA record.",
			"spec.enableResourceNameDNSARecord":    "says whether names made of instance ids get an A record.",
			"spec.hostnameType":                    "is what host names are made of: ip-name or resource-name.",
			"spec.ipv6CIDRBlock":                   "is the IPv6 block, one of the VPC's.",
			"spec.ipv6Native":                      "says whether the subnet has IPv6 only. AWS cannot change it later.",
			"spec.mapPublicIPOnLaunch":             "says whether new network interfaces get a public IPv4 address.",
			"spec.outpostARN":                      "is the ARN of the Outpost. AWS cannot change it later.",
			"spec.routeTables":                     "names the route table of the subnet: one at most; without it, the VPC's main one.",
			"spec.vpcID":                           "is the id of the VPC. AWS cannot change it later.",
			"status.availableIPAddressCount":       "is how many IPv4 addresses are free.",
			"status.defaultForAZ":                  "says whether it is the default subnet of its zone.",
			"status.enableLniAtDeviceIndex":        "is the device index of local network interfaces.",
			"status.ipv6CIDRBlockAssociationSet":   "lists the IPv6 blocks.",
			"status.mapCustomerOwnedIPOnLaunch":    "says whether new network interfaces get a customer-owned address.",
			"status.privateDNSNameOptionsOnLaunch": "holds what host names are made of and which records they get.",
		},
	}
}

func internetGateway() kind {
	return kind{
		name: "InternetGateway", emit: true, doc: "API_InternetGateway", about: "the door of a VPC to the internet", id: "internetGatewayID",
		input: reflect.TypeFor[ec2.CreateInternetGatewayInput](), output: reflect.TypeFor[types.InternetGateway](),
		references: []reference{
			{path: "vpcRef", into: "vpc", kind: "ec2.VPC", step: true},
			{
				path: "routeTableRefs[]", into: "routeTables", kind: "ec2.RouteTable", step: true, exists: true,
				why: "The table in its turn waits until the gateway is attached.",
			},
		},
		fields: map[string]string{
			"spec.routeTables":   "names the route table for what comes in by the gateway.",
			"spec.vpc":           "is the id of the VPC to which the gateway is attached.",
			"status.attachments": "lists the VPCs to which the gateway is attached: one at most.",
		},
	}
}
