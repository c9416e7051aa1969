package main

import "reflect"

// kind is a row of the hand-kept tables: what the facts cannot tell.
type kind struct {
	name  string // as the facts spell it
	emit  bool   // whether code is written for it
	doc   string // page of the AWS API reference
	about string // what it is, in a few words
	id    string // dotted path, below status, of the id by which AWS knows it
	// references are the fields that name other objects, see apis.Reference;
	// secrets those that hold secrets, dotted and relative to the spec.
	references []reference
	secrets    []string
	late       []string     // fields of the spec that ACK fills in: apis.LateInitialized
	input      reflect.Type // of the create call
	output     reflect.Type // that describes the resource
	types      map[string]reflect.Type
	fields     map[string]string // descriptions that do not follow from the name, by path

	facts  *facts
	values map[string][]string // of enumerations, by path; set by shapes
}

// reference is a row of apis.Reference.
type reference struct {
	path, into, kind, from string
	step, exists           bool
	why                    string // of step or exists, where that is not plain
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
