// Package apis lists the kinds of Kubernetes object that Tack serves. The Go types of the objects
// are in the packages below it, one per API group.
//
// The types, their deep copies and the CRDs in config/crd are generated from the tables in
// testdata. The tables record the names and types of the fields of AWS Controllers for Kubernetes.
// To add a kind, set emit in the table of devenv/tools/codegen, add the kind to Kinds, and run in
// the root of the repository
//
//	go run -C devenv/tools/codegen .
package apis
