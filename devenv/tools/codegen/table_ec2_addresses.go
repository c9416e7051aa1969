package main

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func elasticIPAddress() kind {
	return kind{
		name: "ElasticIPAddress", doc: "API_Address", about: "a public IPv4 address of an account", id: "allocationID",
		input: reflect.TypeFor[ec2.AllocateAddressInput](), output: reflect.TypeFor[types.Address](),
		fields: map[string]string{
			"spec.address":               "is the IPv4 address to allocate from your own pool, or to recover after a release. AWS cannot change it later.",
			"spec.customerOwnedIPv4Pool": "is the ID of the pool on an Outpost from which to allocate the address. AWS cannot change it later.",
			"spec.networkBorderGroup":    "is the zone group that announces the address. AWS cannot change it later.",
			"spec.publicIPv4Pool":        "is the ID of your own pool from which to allocate the address. AWS cannot change it later.",
			"status.carrierIP":           "is the address in the carrier's network, in a Wavelength Zone.",
			"status.customerOwnedIP":     "is the address from the pool on an Outpost.",
			"status.publicIP":            "is the address.",
		},
	}
}

func routeTable() kind {
	return kind{
		name: "RouteTable", doc: "API_RouteTable", about: "a table of routes for subnets", id: "routeTableID",
		input: reflect.TypeFor[ec2.CreateRouteTableInput](), output: reflect.TypeFor[types.RouteTable](),
		references: []reference{
			{path: "vpcRef", into: "vpcID", kind: "ec2.VPC"},
			{path: "routes[].gatewayRef", into: "gatewayID", kind: "ec2.InternetGateway", step: true},
			{path: "routes[].natGatewayRef", into: "natGatewayID", kind: "ec2.NATGateway", step: true},
			{path: "routes[].transitGatewayRef", into: "transitGatewayID", kind: "ec2.TransitGateway", step: true},
			{path: "routes[].vpcEndpointRef", into: "vpcEndpointID", kind: "ec2.VPCEndpoint", step: true},
			{path: "routes[].vpcPeeringConnectionRef", into: "vpcPeeringConnectionID", kind: "ec2.VPCPeeringConnection", step: true},
		},
		types: map[string]reflect.Type{
			"spec.routes":          reflect.TypeFor[ec2.CreateRouteInput](),
			"status.routeStatuses": reflect.TypeFor[types.Route](),
		},
		fields: map[string]string{
			"spec.routes":            "lists the routes, each with one destination and one target. AWS adds the local routes.",
			"spec.vpcID":             "is the ID of the VPC. AWS cannot change it later.",
			"status.associations":    "lists the subnets and gateways that use the table.",
			"status.propagatingVGWs": "lists the virtual private gateways that propagate their routes.",
			"status.routeStatuses":   "lists the routes as AWS stores them.",
		},
	}
}

func natGateway() kind {
	return kind{
		name: "NATGateway", doc: "API_NatGateway", about: "a gateway that translates addresses for private subnets", id: "natGatewayID",
		input: reflect.TypeFor[ec2.CreateNatGatewayInput](), output: reflect.TypeFor[types.NatGateway](),
		references: []reference{
			{path: "allocationRef", into: "allocationID", kind: "ec2.ElasticIPAddress"},
			{path: "subnetRef", into: "subnetID", kind: "ec2.Subnet"},
			{path: "vpcRef", into: "vpcID", kind: "ec2.VPC"},
		},
		fields: map[string]string{
			"spec.allocationID":              "is the ID of the public address, which a public gateway in one subnet needs. AWS cannot change it later.",
			"spec.availabilityMode":          "is zonal, for a gateway in one subnet, or regional, for one that spans the zones of a VPC. AWS cannot change it later.",
			"spec.availabilityZoneAddresses": "lists the public addresses of a regional gateway by zone. By default AWS provides them. AWS cannot change it later.",
			"spec.connectivityType":          "is public or private. AWS cannot change it later.",
			"spec.subnetID":                  "is the ID of the subnet of a zonal gateway. AWS cannot change it later.",
			"spec.vpcID":                     "is the ID of the VPC of a regional gateway. AWS cannot change it later.",
			"status.failureCode":             "is AWS's error code if the creation failed.",
			"status.failureMessage":          "says why the creation failed.",
			"status.natGatewayAddresses":     "lists its addresses.",
			"status.provisionedBandwidth":    "is the requested bandwidth.",
		},
	}
}
