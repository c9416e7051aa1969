package scenario

import (
	"context"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
)

const (
	// pause is the time between two reads of an object that cannot be watched.
	pause = 50 * time.Millisecond
	// again is how often an unchanged object is judged: a condition may depend on AWS too.
	again = 200 * time.Millisecond
)

// reading is the last state of an object that was seen.
type reading struct {
	object *unstructured.Unstructured
	err    error
}

func (r reading) String() string { return Show(r.object, r.err) }

// follow reads an object, and watches it until done accepts its state or the context ends. A watch costs the
// API server far less than reads, which compete with the programs under test.
func follow(ctx context.Context, client dynamic.ResourceInterface, name string, done func(*unstructured.Unstructured, error) bool) (last reading, err error) {
	for {
		u, err := client.Get(ctx, name, metav1.GetOptions{})
		if done(u, err) {
			return reading{u, err}, nil
		}
		if ctx.Err() == nil { // otherwise the context has ended the read
			last = reading{u, err}
		}
		if err == nil && watch(ctx, client, &last, done) {
			return last, nil
		}
		select {
		case <-ctx.Done():
			return last, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// watch follows the changes of the object that was read last. It reports whether done accepted one of its
// states. It returns when the object is deleted, or when the server ends the watch.
func watch(ctx context.Context, client dynamic.ResourceInterface, last *reading, done func(*unstructured.Unstructured, error) bool) bool {
	events, err := client.Watch(ctx, metav1.ListOptions{
		FieldSelector: fields.OneTermEqualSelector(metav1.ObjectNameField, last.object.GetName()).String(), ResourceVersion: last.object.GetResourceVersion(),
	})
	if err != nil {
		return false
	}
	defer events.Stop()
	judge := time.NewTicker(again)
	defer judge.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-judge.C:
		case event, open := <-events.ResultChan():
			u, ok := event.Object.(*unstructured.Unstructured)
			if !open || !ok || event.Type == apiwatch.Deleted || event.Type == apiwatch.Error {
				return false
			}
			last.object = u
		}
		if done(last.object, nil) {
			return true
		}
	}
}
