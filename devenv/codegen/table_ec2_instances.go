package main

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func instance() kind {
	return kind{
		name: "Instance", emit: true, doc: "API_Instance", about: "a virtual machine",
		input: reflect.TypeFor[ec2.RunInstancesInput](), output: reflect.TypeFor[types.Instance](),
	}
}
