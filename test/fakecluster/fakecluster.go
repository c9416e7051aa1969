// Package fakecluster is a cluster in memory, for tests of what reads and writes objects of one. It has
// one group, team-a/web, with all that Tack needs to work on it.
package fakecluster

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// annotationClaim is where Tack writes a claim.
const annotationClaim = "services.k8s.aws/tack-claim"

// Cluster is a reader of objects by "<resource>/<namespace>/<name>".
type Cluster map[string]map[string]any

// Get reads one object.
func (c Cluster) Get(_ context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	object, ok := c[gvr.Resource+"/"+namespace+"/"+name]
	if !ok {
		return nil, apierrors.NewNotFound(gvr.GroupResource(), name)
	}
	return (&unstructured.Unstructured{Object: object}).DeepCopy(), nil
}

// List reads the objects of a cluster-scoped resource.
func (c Cluster) List(_ context.Context, gvr schema.GroupVersionResource) (all []*unstructured.Unstructured, _ error) {
	for _, key := range slices.Sorted(maps.Keys(c)) {
		if strings.HasPrefix(key, gvr.Resource+"//") {
			all = append(all, (&unstructured.Unstructured{Object: c[key]}).DeepCopy())
		}
	}
	return all, nil
}

// Fields is a part of an object.
type Fields = map[string]any

// The account of the namespace, and its role.
const (
	Account = "111111111111"
	Role    = "arn:aws:iam::111111111111:role/tack"
)

// Complete is a cluster in which Tack may work on the group team-a/web.
func Complete() Cluster {
	return Cluster{
		"namespaces//team-a":                         {"metadata": Fields{"name": "team-a", "annotations": Fields{corev1alpha1.AnnotationOwnerAccountID: Account}}},
		"configmaps/ack-system/ack-role-account-map": {"data": Fields{Account: Role}},
		"securitygroups/team-a/web": {
			"metadata": Fields{"name": "web", "namespace": "team-a", "uid": "uid-1", "generation": int64(1)},
			"spec":     Fields{"name": "web", "description": "d"},
		},
	}
}

// Group returns the group.
func (c Cluster) Group() Fields { return c["securitygroups/team-a/web"] }

// Set sets a field of the group.
func (c Cluster) Set(value any, path ...string) {
	if err := unstructured.SetNestedField(c.Group(), value, path...); err != nil {
		panic(err)
	}
}

// Claim writes a claim on the group, as ours are: with the group's uid.
func (c Cluster) Claim(claim resource.Claim) {
	if claim.UID == "" {
		claim.UID, claim.For = "uid-1", GroupRef
	}
	raw, err := json.Marshal(claim)
	if err != nil {
		panic(err)
	}
	c.Set(string(raw), "metadata", "annotations", annotationClaim)
	if claim.ID != "" {
		c.Set(claim.Target.AccountID, "status", "ackResourceMetadata", "ownerAccountID")
		c.Set(claim.ID, "status", "id")
	}
}

// shownID returns the id in the status of an object.
func shownID(u *unstructured.Unstructured, kind apis.Kind) string {
	id, _, _ := unstructured.NestedString(u.Object, append([]string{"status"}, strings.Split(kind.IDField, ".")...)...)
	return id
}

// Vouch gives claims to objects of our kinds that show a resource and have none.
func (c Cluster) Vouch() Cluster {
	for _, kind := range apis.Kinds() {
		for key, object := range c {
			parts := strings.Split(key, "/")
			u := &unstructured.Unstructured{Object: object}
			if id := shownID(u, kind); parts[0] == kind.Plural && id != "" && u.GetAnnotations()[annotationClaim] == "" {
				u.SetNamespace(parts[1])
				u.SetName(parts[2])
				u.SetUID(types.UID("uid of " + key))
				raw, _ := json.Marshal(resource.Claim{Install: "dev", UID: "uid of " + key, Incarnation: 1, Target: Here, ID: id})
				u.SetAnnotations(map[string]string{annotationClaim: string(raw)})
			}
		}
	}
	return c
}

// Here is the target that the inputs give.
var Here = resource.Target{Partition: "aws", AccountID: Account, Region: "us-west-2", RoleARN: Role}

// Annotated gives the namespace an account.
func Annotated(value string) func(Cluster) {
	return func(c Cluster) {
		c["namespaces//team-a"] = Fields{"metadata": Fields{"name": "team-a", "annotations": Fields{corev1alpha1.AnnotationOwnerAccountID: value}}}
	}
}

// Mapped makes one account the only one with a role.
func Mapped(account, role string) func(Cluster) {
	return func(c Cluster) {
		c["configmaps/ack-system/ack-role-account-map"] = Fields{"data": Fields{account: role}}
	}
}

// GroupRef names the group.
var GroupRef = resource.Ref{Kind: "ec2.SecurityGroup", Cluster: "dev", Namespace: "team-a", Name: "web"}

// Mine is a claim as Tack writes it on the group.
var Mine = resource.Claim{Install: "dev", UID: "uid-1", For: GroupRef, Incarnation: 2, Target: Here, ID: "sg-1"}

// Annotate writes a claim, or the text of one, on the group; nil removes it.
func (c Cluster) Annotate(claim any) {
	if claim == nil {
		unstructured.RemoveNestedField(c.Group(), "metadata", "annotations", annotationClaim)
		return
	}
	text, isText := claim.(string)
	if !isText {
		raw, err := json.Marshal(claim)
		if err != nil {
			panic(err)
		}
		text = string(raw)
	}
	c.Set(text, "metadata", "annotations", annotationClaim)
}

// InNamespace gives the namespace these annotations and the label tier=web.
func InNamespace(annotations Fields) func(Cluster) {
	return func(c Cluster) {
		c["namespaces//team-a"] = Fields{"metadata": Fields{"name": "team-a", "annotations": annotations, "labels": Fields{"tier": "web"}}}
	}
}

// All makes several changes, in order.
func All(changes ...func(Cluster)) func(Cluster) {
	return func(c Cluster) {
		for _, change := range changes {
			change(c)
		}
	}
}

// RoleMap replaces the map of accounts.
func RoleMap(data Fields) func(Cluster) {
	return func(c Cluster) { c["configmaps/ack-system/ack-role-account-map"] = Fields{"data": data} }
}

// Forged is a cluster with a group that has a stranger's id in its claim and shows that id.
func Forged(shown string) Cluster {
	c := Complete()
	c.Set("7", "metadata", "resourceVersion")
	c.Set(Account, "status", "ackResourceMetadata", "ownerAccountID")
	if shown != "" {
		c.Set(shown, "status", "id")
	}
	claim := Mine
	claim.ID = "sg-foreign"
	c.Annotate(claim)
	return c
}

// Unreadable is a cluster with one resource that cannot be read.
type Unreadable struct {
	Cluster
	Resource string
	Err      error
}

// Get reads one object.
func (u Unreadable) Get(ctx context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	if gvr.Resource == u.Resource {
		return nil, u.Err
	}
	return u.Cluster.Get(ctx, gvr, namespace, name)
}

// List reads the objects of a cluster-scoped resource.
func (u Unreadable) List(ctx context.Context, gvr schema.GroupVersionResource) ([]*unstructured.Unstructured, error) {
	if gvr.Resource == u.Resource {
		return nil, u.Err
	}
	return u.Cluster.List(ctx, gvr)
}
