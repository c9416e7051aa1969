package main

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func vpcEndpoint() kind {
	return kind{
		name: "VPCEndpoint", emit: true, doc: "API_VpcEndpoint", about: "a private connection from a VPC to a service", id: "vpcEndpointID",
		input: reflect.TypeFor[ec2.CreateVpcEndpointInput](), output: reflect.TypeFor[types.VpcEndpoint](),
		references: []reference{
			{path: "vpcRef", into: "vpcID", kind: "ec2.VPC"},
			{path: "serviceRef", into: "serviceName", kind: "ec2.VPCEndpointServiceConfiguration"},
			{path: "routeTableRefs[]", into: "routeTableIDs", kind: "ec2.RouteTable"},
			{path: "securityGroupRefs[]", into: "securityGroupIDs", kind: "ec2.SecurityGroup"},
			{path: "subnetRefs[]", into: "subnetIDs", kind: "ec2.Subnet"},
		},
		lateInitialized: []string{"policyDocument"},
		fields: map[string]string{
			"spec.dnsOptions":            "says which DNS records the endpoint has.",
			"spec.ipAddressType":         "is ipv4, ipv6 or dualstack.",
			"spec.policyDocument":        "is the policy that limits what the endpoint allows. The default allows everything.",
			"spec.privateDNSEnabled":     "says whether the service's usual names lead to the endpoint.",
			"spec.routeTableIDs":         "lists the route tables that lead to a gateway endpoint.",
			"spec.securityGroupIDs":      "lists the security groups of an interface endpoint. The default is the VPC's default group.",
			"spec.serviceName":           "is the name of the service. AWS cannot change it later.",
			"spec.serviceNetworkARN":     "is the ARN of the service network, for an endpoint of the type ServiceNetwork. It cannot change.",
			"spec.serviceRef":            "names the VPCEndpointServiceConfiguration object whose service name to use.",
			"spec.serviceRegion":         "is the Region of the service, if it is another one. It cannot change.",
			"spec.subnetIDs":             "lists the subnets with an interface of the endpoint, one for each zone.",
			"spec.vpcEndpointType":       "is the type of the endpoint: Gateway by default. AWS cannot change it later.",
			"spec.vpcID":                 "is the ID of the VPC. AWS cannot change it later.",
			"status.dnsEntries":          "lists the DNS names of the endpoint.",
			"status.groups":              "lists the security groups of its interfaces.",
			"status.lastError":           "is the last error of the endpoint.",
			"status.networkInterfaceIDs": "lists its interfaces.",
			"status.requesterManaged":    "says whether another service manages the endpoint.",
		},
	}
}
