package kubeapi

import (
	"context"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/tack-dev/tack/apis"
)

// Crowd reads for many objects that one change concerns, and reads once what they share. That is
// all objects of a served kind, namespaces, role maps and selectors. No part of it is older than
// the crowd, so it serves that one change only.
type Crowd struct {
	live  Reader
	mu    sync.Mutex
	began time.Time // start of the first request
	read  map[asked]func() (map[string]*unstructured.Unstructured, error)
}

// crowdLasts bounds how long waits are ended with what a crowd read. Objects that come later are
// poked, because a level must be read live.
const crowdLasts = 5 * time.Second

// Over reports whether what the crowd read is too old to end a wait.
func (c *Crowd) Over() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.began.IsZero() && time.Since(c.began) > crowdLasts
}

// NewCrowd returns a reader for a change that the bridge has already seen.
func NewCrowd(live Reader) *Crowd {
	return &Crowd{live: live, read: map[asked]func() (map[string]*unstructured.Unstructured, error){}}
}

// Get reads one object.
func (c *Crowd) Get(ctx context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	served := func(kind apis.Kind) bool { return GVR(kind) == gvr }
	if !slices.ContainsFunc(apis.Kinds(), served) {
		found, err := c.once(ctx, asked{gvr, namespace, name}, func(ctx context.Context) ([]*unstructured.Unstructured, error) {
			u, err := c.live.Get(ctx, gvr, namespace, name)
			return []*unstructured.Unstructured{u}, err
		})
		for _, u := range found {
			return u.DeepCopy(), nil
		}
		return nil, err
	}
	all, err := c.all(ctx, gvr)
	if err != nil {
		return nil, err
	}
	if u := all[namespace+"/"+name]; u != nil {
		return u.DeepCopy(), nil
	}
	return c.live.Get(ctx, gvr, namespace, name) // made since then
}

// List reads all objects of a resource.
func (c *Crowd) List(ctx context.Context, gvr schema.GroupVersionResource) (all []*unstructured.Unstructured, err error) {
	found, err := c.all(ctx, gvr)
	for _, u := range found {
		all = append(all, u.DeepCopy())
	}
	return all, err
}

func (c *Crowd) all(ctx context.Context, gvr schema.GroupVersionResource) (map[string]*unstructured.Unstructured, error) {
	return c.once(ctx, asked{gvr: gvr}, func(ctx context.Context) ([]*unstructured.Unstructured, error) { return c.live.List(ctx, gvr) })
}

// once returns the result of one request, by namespace and name.
func (c *Crowd) once(ctx context.Context, what asked, request func(context.Context) ([]*unstructured.Unstructured, error)) (map[string]*unstructured.Unstructured, error) {
	c.mu.Lock()
	if c.began.IsZero() {
		c.began = time.Now()
	}
	read := c.read[what]
	if read == nil {
		read = sync.OnceValues(func() (map[string]*unstructured.Unstructured, error) {
			within, cancel := context.WithTimeout(context.WithoutCancel(ctx), joinedTimeout)
			defer cancel()
			found, err := request(within)
			if err != nil {
				return nil, err
			}
			by := map[string]*unstructured.Unstructured{}
			for _, u := range found {
				by[u.GetNamespace()+"/"+u.GetName()] = u
			}
			return by, nil
		})
		c.read[what] = read
	}
	c.mu.Unlock()
	return read()
}
