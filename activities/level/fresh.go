package level

import (
	"context"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// freshFor bounds the age of the new resources in a level. It is longer than any window of AWS's
// eventual consistency.
const freshFor = 10 * time.Minute

// noting is a reader that notes recently made resources of the objects that it reads. A spec refers
// to those objects, and AWS may not know their resources everywhere yet.
type noting struct {
	kubeapi.Reader
	since time.Time
	level *resource.Level
}

// Get reads one object.
func (n noting) Get(ctx context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	u, err := n.Reader.Get(ctx, gvr, namespace, name)
	if err != nil {
		return nil, err
	}
	for _, kind := range apis.Kinds() {
		if claim := ClaimOf(u, kind); kubeapi.GVR(kind) == gvr && claim.Recorded() && claim.Time.After(n.since) {
			n.note(resource.Made{ID: claim.ID, Time: claim.Time})
		}
	}
	return u, nil
}

// note adds a resource once, however many references name it.
func (n noting) note(made resource.Made) {
	if !slices.ContainsFunc(n.level.Fresh, func(m resource.Made) bool { return m.ID == made.ID }) {
		n.level.Fresh = append(n.level.Fresh, made)
	}
}
