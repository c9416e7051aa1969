// Package level reads the inputs of an object and compares them. Its result, the level, says which
// account, role, Region, claim, references, annotations and secrets count for the object, and whether
// it has anything to do. The bridge asks its informers, the activities ask the API server; both get the
// same answer from here. The package writes nothing.
package level

import "github.com/tack-dev/tack/activities/defaulttags"

// AnnotationClaim holds the claim of an object, in JSON.
const AnnotationClaim = "services.k8s.aws/tack-claim"

// Settings describe an installation and its cluster.
type Settings struct {
	Cluster         string // name of the cluster, part of ids, queues and tags
	ClusterUID      string // uid of the namespace kube-system
	Install         string // id of the installation, part of tags and tokens
	DefaultAccount  string // of namespaces without annotation; empty: they wait
	DefaultRegion   string
	SystemNamespace string // the namespace of the role map
	// Retain keeps the resources of deleted objects, where neither the object nor its namespace has a
	// deletion policy.
	Retain bool
	// DefaultTags are those of every resource; nil: ACK's.
	DefaultTags defaulttags.Templates
	// Approvals are what waits for an approval in the whole cluster.
	Approvals Approvals
	// OwnNamespaceOnly rejects references to objects of other namespaces.
	OwnNamespaceOnly bool
	// Secrets allows reading the secret fields of specs: payloads are encrypted, or the operator
	// accepts them in clear text.
	Secrets bool
	Clock   *Clock // nil: this machine's
}
