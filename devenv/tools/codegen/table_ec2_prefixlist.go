package main

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func managedPrefixList() kind {
	return kind{
		name: "ManagedPrefixList", doc: "API_ManagedPrefixList", about: "a named list of CIDR blocks", id: "id",
		input: reflect.TypeFor[ec2.CreateManagedPrefixListInput](), output: reflect.TypeFor[types.ManagedPrefixList](),
		fields: map[string]string{
			"spec.addressFamily": "is IPv4 or IPv6. AWS cannot change it later.",
			"spec.entries":       "lists the blocks. Tack changes at most 100 of them in one call.",
			"spec.maxEntries":    "is the number of entries that the list may have; it counts against the quotas of what refers to the list.",
			"spec.name":          "is the name of the list.",
			"status.state":       "says which change AWS carries out, completed or failed.",
			"status.version":     "is the number of the last change of the entries.",
		},
	}
}
