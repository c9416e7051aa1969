package main

import "reflect"

// kind is a row of the hand-kept tables: what the facts cannot tell.
type kind struct {
	name   string       // as the facts spell it
	emit   bool         // whether code is written for it
	doc    string       // page of the AWS API reference
	about  string       // what it is, in a few words
	input  reflect.Type // of the create call
	output reflect.Type // that describes the resource
	types  map[string]reflect.Type
	fields map[string]string // descriptions that do not follow from the name, by path

	facts  *facts
	values map[string][]string // of enumerations, by path; set by shapes
}

// group is an API group and its kinds.
type group struct {
	service string // "ec2"
	title   string // "Amazon EC2"
	pages   string // where the pages of the API reference are
	kinds   []kind
	fields  map[string]string // descriptions of fields of shapes: IPPermission.fromPort
}

func (g *group) name() string { return g.service + ".services.k8s.aws" }

func groups() []group {
	return []group{ec2Group(), iamGroup()}
}
