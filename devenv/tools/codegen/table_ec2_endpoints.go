package main

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func vpcEndpoint() kind {
	return kind{
		name: "VPCEndpoint", doc: "API_VpcEndpoint", about: "a private connection from a VPC to a service", id: "vpcEndpointID",
		input: reflect.TypeFor[ec2.CreateVpcEndpointInput](), output: reflect.TypeFor[types.VpcEndpoint](),
		references: []reference{
			{path: "vpcRef", into: "vpcID", kind: "ec2.VPC"},
			{path: "serviceRef", into: "serviceName", kind: "ec2.VPCEndpointServiceConfiguration", shown: "serviceName"},
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

func vpcEndpointServiceConfiguration() kind {
	return kind{
		name: "VPCEndpointServiceConfiguration", doc: "API_ServiceConfiguration", about: "a service for others to reach through VPC endpoints", id: "serviceID",
		input: reflect.TypeFor[ec2.CreateVpcEndpointServiceConfigurationInput](), output: reflect.TypeFor[types.ServiceConfiguration](),
		references: []reference{
			{path: "gatewayLoadBalancerRefs[]", into: "gatewayLoadBalancerARNs", kind: "elbv2.LoadBalancer"},
			{path: "networkLoadBalancerRefs[]", into: "networkLoadBalancerARNs", kind: "elbv2.LoadBalancer"},
		},
		lateInitialized: []string{"supportedRegions"},
		fields: map[string]string{
			"spec.acceptanceRequired":            "says whether you must accept each endpoint. The default is true.",
			"spec.allowedPrincipals":             "lists the ARNs of the accounts, users and roles that may make endpoints: * for everyone.",
			"spec.gatewayLoadBalancerARNs":       "lists the ARNs of the Gateway Load Balancers behind the service.",
			"spec.networkLoadBalancerARNs":       "lists the ARNs of the Network Load Balancers behind the service.",
			"spec.privateDNSName":                "is the private DNS name of the service. An empty one removes it.",
			"spec.supportedIPAddressTypes":       "lists ipv4, ipv6 or both.",
			"spec.supportedRegions":              "lists the Regions from which endpoints may reach the service.",
			"status.availabilityZones":           "lists the zones of the service.",
			"status.baseEndpointDNSNames":        "lists the DNS names of the service.",
			"status.managesVPCEndpoints":         "says whether the service manages its endpoints itself.",
			"status.payerResponsibility":         "says who pays for the endpoints.",
			"status.privateDNSNameConfiguration": "is the record with which AWS verifies the private DNS name.",
			"status.serviceName":                 "is the name by which endpoints refer to the service.",
			"status.serviceType":                 "lists the types of the service.",
		},
	}
}
