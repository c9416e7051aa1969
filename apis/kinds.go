package apis

import (
	"slices"
	"strings"
)

// Version is the only API version of every kind.
const Version = "v1alpha1"

// Kind names one kind of Kubernetes object that represents an AWS resource.
type Kind struct {
	Service string // AWS service in ACK's spelling: "ec2"
	Group   string // API group: "ec2.services.k8s.aws"
	Version string // API version: "v1alpha1"
	Kind    string // kind: "SecurityGroup"
	Plural  string // resource name in URLs: "securitygroups"
	IDField string // dotted path, below status, of the resource's id in AWS
	InSpec  bool   // IDField is below spec: another controller's kind, known by the name that it has there
}

// Name returns the kind's name across services, "ec2.VPC". It is also the name of the kind's
// workflow type.
func (k Kind) Name() string { return k.Service + "." + k.Kind }

// Finalizer returns the finalizer that keeps an object until its AWS resource is gone. It equals
// ACK's finalizer, so that objects can move between the two.
func (k Kind) Finalizer() string { return "finalizers." + k.Group + "/" + k.Kind }

// CRD returns the name of the kind's CustomResourceDefinition.
func (k Kind) CRD() string { return k.Plural + "." + k.Group }

// Global reports whether resources of the kind belong to no Region.
func (k Kind) Global() bool { return k.Service == "iam" }

// Accepted reports whether another account may have to accept a resource of the kind. Its role then
// counts for the object as well.
func (k Kind) Accepted() bool { return slices.Contains(accepted, k.Name()) }

// Kinds returns every kind, in the order in which documents list them.
func Kinds() []Kind { return slices.Clone(served) }

// Find returns the kind of a service by its exact spelling.
func Find(service, name string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.Service == service && k.Kind == name {
			return k, true
		}
	}
	return Kind{}, false
}

// ByName returns the kind with the given Name, for example "ec2.VPC".
func ByName(name string) (Kind, bool) {
	service, kind, ok := strings.Cut(name, ".")
	if !ok {
		return Kind{}, false
	}
	return Find(service, kind)
}

// named returns a kind that is known by its name in the spec.
func named(service, name, plural, field string) Kind {
	k := kind(service, name, plural, field)
	k.InSpec = true
	return k
}

func kind(service, name, plural, idField string) Kind {
	return Kind{
		Service: service,
		Group:   service + ".services.k8s.aws",
		Version: Version,
		Kind:    name,
		Plural:  plural,
		IDField: idField,
	}
}
