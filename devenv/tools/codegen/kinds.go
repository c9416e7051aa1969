package main

import "reflect"

// kind is a row of the tables that people maintain: data that the facts do not contain.
type kind struct {
	name  string // spelled as in the facts
	doc   string // page of the AWS API reference
	about string // a short description
	id    string // dotted path, below status, of the resource's id in AWS
	// references are the fields that name other objects, see apis.Reference. secrets are the fields
	// that contain secrets, as dotted paths relative to the spec.
	references      []reference
	secrets         []string
	lateInitialized []string     // fields of the spec that ACK fills in: apis.LateInitialized
	accepted        bool         // another account may have to accept its resource: apis.Kind.Accepted
	input           reflect.Type // of the create call
	output          reflect.Type // that describes the resource
	types           map[string]reflect.Type
	fields          map[string]string // descriptions that cannot be derived from the name, by path

	facts  *facts
	values map[string][]string // of enumerations, by path; set by shapes
}

// reference is a row of apis.Reference.
type reference struct {
	path, into, kind    string
	step, exists, named bool
	shown               string // as apis.Reference.Shown
	why                 string // reason for step or exists, unless it is obvious
}

// foreign is a kind of another service's controller that references may name. field is the path,
// below status, of the value that a reference means; below spec with inSpec.
type foreign struct {
	service, name, plural, field string
	inSpec                       bool
}

func foreignKinds() []foreign {
	return []foreign{
		{service: "elbv2", name: "LoadBalancer", plural: "loadbalancers", field: "ackResourceMetadata.arn"},
		// The name of a log group is its only identity, and AWS cannot change it.
		{service: "cloudwatchlogs", name: "LogGroup", plural: "loggroups", field: "name", inSpec: true},
	}
}

// group is an API group and its kinds.
type group struct {
	service string // "ec2"
	title   string // "Amazon EC2"
	pages   string // address of the pages of the API reference
	kinds   []kind
	fields  map[string]string // descriptions of fields of shapes: IPPermission.fromPort
}

func (g *group) name() string { return g.service + ".services.k8s.aws" }

func groups() []group {
	return []group{ec2Group(), iamGroup()}
}
