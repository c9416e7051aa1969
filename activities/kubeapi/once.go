package kubeapi

import (
	"context"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// aheadLimit bounds how many referenced objects one level reads at a time.
const aheadLimit = 16

// Once reads each object once for one level. A route table may name one gateway in 1,000 routes.
// So many reads would take longer than an attempt of the activity, and could show two states of
// the gateway.
type Once struct {
	Reader
	got map[asked]read
}

type read struct {
	object *unstructured.Unstructured
	err    error
}

// NewOnce returns a reader for one level.
func NewOnce(r Reader) Once { return Once{Reader: r, got: map[asked]read{}} }

// Get returns the result of the first read of the object.
func (o Once) Get(ctx context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	what := asked{gvr, namespace, name}
	if _, ok := o.got[what]; !ok {
		u, err := o.Reader.Get(ctx, gvr, namespace, name)
		o.got[what] = read{u, err}
	}
	return o.got[what].object, o.got[what].err
}

// Ahead reads the objects to which an object refers, several at a time. An error is kept for the
// Get that asks for its object.
func (o Once) Ahead(ctx context.Context, refs []resource.Ref) {
	var wanted []asked
	for _, ref := range refs {
		kind, ok := apis.Referable(ref.Kind)
		what := asked{GVR(kind), ref.Namespace, ref.Name}
		if _, known := o.got[what]; ok && !known {
			o.got[what] = read{}
			wanted = append(wanted, what)
		}
	}
	found := make([]read, len(wanted))
	var g errgroup.Group
	g.SetLimit(aheadLimit)
	for i, what := range wanted {
		g.Go(func() error {
			u, err := o.Reader.Get(ctx, what.gvr, what.namespace, what.name)
			found[i] = read{u, err}
			return nil
		})
	}
	_ = g.Wait() // the functions return no error
	for i, what := range wanted {
		o.got[what] = found[i]
	}
}
