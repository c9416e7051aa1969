package kubeapi

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// joinedTimeout bounds a request that several callers wait for; each of them may give up earlier.
const joinedTimeout = 10 * time.Second

// joinedPace is the minimum time between the starts of two requests for the same thing. Only a few
// of a thousand woken objects read at once, so without a pause they would rarely share a request. A
// single caller does not wait.
const joinedPace = 100 * time.Millisecond

// Joined shares one request among callers that ask for the same thing at the same time. The request
// starts after each of them has asked, so the answer is as fresh as a request of its own: Joined is
// no cache. A thousand woken objects ask for one namespace, one role map and the same selectors.
type Joined struct {
	live Reader

	mu       sync.Mutex
	next     map[asked]*answer // requests that have not started
	underway map[asked]bool
}

// asked identifies a request; a list has no name.
type asked struct {
	gvr             schema.GroupVersionResource
	namespace, name string
}

// answer is the answer to one request.
type answer struct {
	done  chan struct{}
	found []*unstructured.Unstructured
	err   error
}

// NewJoined returns a reader for all callers in this process.
func NewJoined(live Reader) *Joined {
	return &Joined{live: live, next: map[asked]*answer{}, underway: map[asked]bool{}}
}

// Get reads one object.
func (j *Joined) Get(ctx context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	found, err := j.read(ctx, asked{gvr, namespace, name}, func(ctx context.Context) ([]*unstructured.Unstructured, error) {
		u, err := j.live.Get(ctx, gvr, namespace, name)
		return []*unstructured.Unstructured{u}, err
	})
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// List reads all objects of a resource.
func (j *Joined) List(ctx context.Context, gvr schema.GroupVersionResource) ([]*unstructured.Unstructured, error) {
	return j.read(ctx, asked{gvr: gvr}, func(ctx context.Context) ([]*unstructured.Unstructured, error) {
		return j.live.List(ctx, gvr)
	})
}

func (j *Joined) read(ctx context.Context, what asked, request func(context.Context) ([]*unstructured.Unstructured, error)) ([]*unstructured.Unstructured, error) {
	j.mu.Lock()
	a, begun := j.next[what], j.underway[what]
	if a == nil {
		a = &answer{done: make(chan struct{})}
		j.next[what] = a
	}
	if !begun {
		j.underway[what] = true
		go j.answerAll(context.WithoutCancel(ctx), what, request)
	}
	j.mu.Unlock()
	select {
	case <-a.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if a.err != nil {
		return nil, a.err
	}
	var copies []*unstructured.Unstructured
	for _, u := range a.found {
		copies = append(copies, u.DeepCopy())
	}
	return copies, nil
}

// answerAll sends one request after the other while there are callers.
func (j *Joined) answerAll(ctx context.Context, what asked, request func(context.Context) ([]*unstructured.Unstructured, error)) {
	for {
		j.mu.Lock()
		a := j.next[what]
		delete(j.next, what)
		if a == nil {
			delete(j.underway, what)
		}
		j.mu.Unlock()
		if a == nil {
			return
		}
		pace := time.NewTimer(joinedPace)
		within, cancel := context.WithTimeout(ctx, joinedTimeout)
		a.found, a.err = request(within)
		cancel()
		close(a.done)
		<-pace.C
	}
}
