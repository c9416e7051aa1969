// Package resource holds the plain values that the workflow, its activities, the
// bridge and the starter exchange. It knows neither Temporal, nor AWS, nor
// Kubernetes, and imports the standard library only.
package resource

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// maxWorkflowID is the longest workflow id, in bytes, that is used as it is.
// Temporal's limit is 1,000, but servers are often set to 255, and a Kubernetes
// name alone may have 253.
const maxWorkflowID = 200

// Ref names one Kubernetes object of a kind that Tack serves.
type Ref struct {
	Kind      string `json:"kind"`      // as the workflow type: "ec2.SecurityGroup"
	Cluster   string `json:"cluster"`   // the --cluster of the bridge that watches it
	Namespace string `json:"namespace"` // Kubernetes namespace
	Name      string `json:"name"`      // Kubernetes name
	// ClusterUID is the uid of the cluster's namespace kube-system: two clusters
	// may have been given one name. Empty where it is not known.
	ClusterUID string `json:"clusterUID,omitempty"`
}

// WorkflowID is the id of the one workflow that may write for the object. An id
// over 200 bytes keeps a readable head and ends in a hash of the whole.
func (r Ref) WorkflowID() string {
	id := strings.Join([]string{r.Kind, r.Cluster, r.Namespace, r.Name}, "/")
	if len(id) <= maxWorkflowID {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	hash := hex.EncodeToString(sum[:8])
	return id[:maxWorkflowID-len(hash)-1] + "~" + hash
}

// ClusterOf is the cluster in a workflow id that WorkflowID made.
func ClusterOf(workflowID string) string {
	_, rest, _ := strings.Cut(workflowID, "/")
	cluster, _, _ := strings.Cut(rest, "/")
	return cluster
}

// ShortKind is the kind without its service: "SecurityGroup".
func (r Ref) ShortKind() string {
	_, kind, _ := strings.Cut(r.Kind, ".")
	return kind
}

// Service is the service of the kind: "ec2".
func (r Ref) Service() string {
	service, _, _ := strings.Cut(r.Kind, ".")
	return service
}

// sameName says whether both name the same object of the same kind. The cluster
// is left out: one that was renamed still holds the same objects.
func (r Ref) sameName(other Ref) bool {
	return r.Kind == other.Kind && r.Namespace == other.Namespace && r.Name == other.Name
}

// String is the object as a person would name it: "SecurityGroup team-a/web".
func (r Ref) String() string {
	return fmt.Sprintf("%s %s/%s", r.ShortKind(), r.Namespace, r.Name)
}

// Target is where an AWS call goes and as whom. Every AWS activity carries one;
// the zero Target means that nothing may be called.
type Target struct {
	Partition string `json:"partition,omitempty"` // "aws"
	AccountID string `json:"accountID,omitempty"` // twelve digits
	Region    string `json:"region,omitempty"`    // "us-west-2"
	RoleARN   string `json:"roleARN,omitempty"`   // the role to assume
	Endpoint  string `json:"endpoint,omitempty"`  // to call instead of the Region's own
}

// SamePlace says whether both targets are the same account and Region. The role
// may differ: it is the way there, not the place.
func (t Target) SamePlace(other Target) bool {
	return t.Partition == other.Partition && t.AccountID == other.AccountID && t.Region == other.Region
}
