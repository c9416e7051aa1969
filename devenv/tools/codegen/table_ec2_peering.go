package main

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func vpcPeeringConnection() kind {
	return kind{
		name: "VPCPeeringConnection", accepted: true, doc: "API_VpcPeeringConnection", about: "a link between two VPCs", id: "vpcPeeringConnectionID",
		input: reflect.TypeFor[ec2.CreateVpcPeeringConnectionInput](), output: reflect.TypeFor[types.VpcPeeringConnection](),
		types: map[string]reflect.Type{
			"spec.accepterPeeringConnectionOptions":  reflect.TypeFor[types.PeeringConnectionOptionsRequest](),
			"spec.requesterPeeringConnectionOptions": reflect.TypeFor[types.PeeringConnectionOptionsRequest](),
		},
		references: []reference{
			{path: "vpcRef", into: "vpcID", kind: "ec2.VPC"},
			{path: "peerVPCRef", into: "peerVPCID", kind: "ec2.VPC"},
		},
		fields: map[string]string{
			"spec.acceptRequest":                     "says whether Tack accepts the request. If it is not set, Tack accepts a request to another account or Region if the role map has a role for it.",
			"spec.accepterPeeringConnectionOptions":  "are the settings of the accepter's side.",
			"spec.peerOwnerID":                       "is the account of the accepter's VPC, by default the account of the object. AWS cannot change it later.",
			"spec.peerRegion":                        "is the Region of the accepter's VPC, by default the Region of the object. AWS cannot change it later.",
			"spec.peerVPCID":                         "is the ID of the accepter's VPC. AWS cannot change it later.",
			"spec.requesterPeeringConnectionOptions": "are the settings of the requester's side.",
			"spec.vpcID":                             "is the ID of the requester's VPC. AWS cannot change it later.",
			"status.expirationTime":                  "is when AWS ends a request that nobody accepts.",
			"status.status":                          "is the state, in AWS's words.",
		},
	}
}
