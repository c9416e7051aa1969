// Package resource holds the plain values that the workflow, its activities, the bridge and the
// starter exchange. It does not depend on Temporal, AWS or Kubernetes, and imports only the
// standard library.
//
// These words have a narrow meaning here; docs/glossary.md explains them at more length.
//
//   - accepter: the account and Region that must accept a resource, where these are not the object's own
//   - claim: the annotation that Tack writes on an object before its first AWS request
//   - crowd: the objects that one change wakes together
//   - doubt: an object may have a resource without a valid claim; only AWS's tags resolve it
//   - incarnation: the number of the resource made for one object, from 1
//   - kind: a Kubernetes kind that Tack serves, with its service
//   - level: everything that decides about an object, read live at the start of a pass
//   - natural key: a name or block that AWS keeps unique
//   - owner tags: the tags on an AWS resource that name its object
//   - pass: one level and all the work for it; a run makes one or more
//   - poke: the signal that wakes a run, without saying what to do
//   - roll: the signal that moves a run to the current version of the worker
//   - round: one observation of AWS and the steps that it planned
//   - settled: nothing is left to do for the inputs of an object
//   - sweep: the search for a second resource made by a delayed request
//
// Two terms that are easy to mix up:
//
//   - delayed request: a request that reaches AWS after its sender gave up
//   - late initialization: writing AWS's defaults into fields that the spec omits
//
// Four verbs:
//
//   - adopt: to take over an existing resource, by its owner tags or because the user asked
//   - release: to leave a resource in AWS, without owner tags and finalizer
//   - record: to write an id into the claim
//   - report: to write conditions, status and events
package resource

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// maxWorkflowID limits a workflow id that is used unchanged, in bytes. Temporal's limit is 1,000,
// but many servers set 255, and a Kubernetes name alone may have 253.
const maxWorkflowID = 200

// Ref names one Kubernetes object of a kind that Tack serves.
type Ref struct {
	Kind      string `json:"kind"`      // also the workflow type: "ec2.SecurityGroup"
	Cluster   string `json:"cluster"`   // the --cluster of the bridge that watches it
	Namespace string `json:"namespace"` // Kubernetes namespace
	Name      string `json:"name"`      // Kubernetes name
	// ClusterUID is the uid of the cluster's namespace kube-system, because two clusters may have
	// the same name. It is empty where it is not known.
	ClusterUID string `json:"clusterUID,omitempty"`
}

// WorkflowID returns the id of the only workflow that may write for the object. An id over 200
// bytes keeps a readable head and ends in a hash of the whole.
func (r Ref) WorkflowID() string {
	id := strings.Join([]string{r.Kind, r.Cluster, r.Namespace, r.Name}, "/")
	if len(id) <= maxWorkflowID {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	hash := hex.EncodeToString(sum[:8])
	return id[:maxWorkflowID-len(hash)-1] + "~" + hash
}

// ClusterOf returns the cluster in a workflow id that WorkflowID made.
func ClusterOf(workflowID string) string {
	_, rest, _ := strings.Cut(workflowID, "/")
	cluster, _, _ := strings.Cut(rest, "/")
	return cluster
}

// ShortKind returns the kind without its service: "SecurityGroup".
func (r Ref) ShortKind() string {
	_, kind, _ := strings.Cut(r.Kind, ".")
	return kind
}

// Service returns the service of the kind: "ec2".
func (r Ref) Service() string {
	service, _, _ := strings.Cut(r.Kind, ".")
	return service
}

// sameName reports whether both name the same object of the same kind. It ignores the cluster: a
// renamed cluster still holds the same objects.
func (r Ref) sameName(other Ref) bool {
	return r.Kind == other.Kind && r.Namespace == other.Namespace && r.Name == other.Name
}

// String returns the object as a person would name it: "SecurityGroup team-a/web".
func (r Ref) String() string {
	return fmt.Sprintf("%s %s/%s", r.ShortKind(), r.Namespace, r.Name)
}

// Target is the destination and the identity of an AWS call. Every AWS activity has one. The zero
// Target allows no call.
type Target struct {
	Partition string `json:"partition,omitempty"` // "aws"
	AccountID string `json:"accountID,omitempty"` // twelve digits
	Region    string `json:"region,omitempty"`    // "us-west-2"
	RoleARN   string `json:"roleARN,omitempty"`   // the role to assume
	Endpoint  string `json:"endpoint,omitempty"`  // replaces the Region's own endpoint
}

// SamePlace reports whether both targets are the same account and Region. The role may differ: it
// gives access to the place and is not part of it.
func (t Target) SamePlace(other Target) bool {
	return t.Partition == other.Partition && t.AccountID == other.AccountID && t.Region == other.Region
}
