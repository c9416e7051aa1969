package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/util/watchlist"

	"github.com/tack-dev/tack/k8sbridge/export"
)

// The pauses of a source after a failed request. The reflector of client-go backs off to 30 to 60
// seconds, and its informers offer no bound (kubernetes/kubernetes#136943). After an API server was
// away for a minute, events would arrive with a delay of up to a minute. A source therefore retries on its
// own.
const (
	firstPause   = 250 * time.Millisecond
	longestPause = 2 * time.Second
	// missingPause follows the answer that the resource does not exist or is forbidden: only a
	// person changes that.
	missingPause = 5 * time.Second
)

// source lists and watches one resource for an informer. It reports failures and retries without a
// limit.
type source struct {
	do     lister
	done   <-chan struct{} // closed when the source is no longer needed
	report func(error)     // of each request: nil if it succeeded
}

// lister is a client of one resource.
type lister interface {
	List(ctx context.Context, options metav1.ListOptions) (runtime.Object, error)
	Watch(ctx context.Context, options metav1.ListOptions) (watch.Interface, error)
	client() any
}

// List serves informers without contexts.
func (s source) List(options metav1.ListOptions) (runtime.Object, error) {
	return s.ListWithContext(context.Background(), options)
}

// Watch serves informers without contexts.
func (s source) Watch(options metav1.ListOptions) (watch.Interface, error) {
	return s.WatchWithContext(context.Background(), options)
}

func (s source) ListWithContext(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
	return insist(ctx, s, func() (runtime.Object, error) { return s.do.List(ctx, options) })
}

func (s source) WatchWithContext(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	return insist(ctx, s, func() (watch.Interface, error) { return s.do.Watch(ctx, options) })
}

// IsWatchListSemanticsUnSupported reports to the reflector whether the client can stream a list.
// The fake client cannot.
func (s source) IsWatchListSemanticsUnSupported() bool {
	return watchlist.DoesClientNotSupportWatchListSemantics(s.do.client())
}

// insist retries until the API server answers, or until the error is one that the reflector must
// handle.
func insist[T any](ctx context.Context, s source, try func() (T, error)) (T, error) {
	for attempt := 0; ; attempt++ {
		got, err := try()
		if err == nil || reflects(err) {
			s.report(nil)
			return got, err
		}
		if ctx.Err() != nil {
			return got, err
		}
		s.report(err)
		select {
		case <-time.After(pauseAfter(attempt, err)):
		case <-ctx.Done():
			return got, err
		case <-s.done:
			return got, err
		}
	}
}

// reflects reports whether an answer changes the reflector's next request: another resource
// version, or a list instead of a stream.
func reflects(err error) bool {
	switch {
	case apierrors.IsResourceExpired(err), apierrors.IsGone(err), apierrors.HasStatusCause(err, metav1.CauseTypeResourceVersionTooLarge):
		return true
	case apierrors.IsInvalid(err), apierrors.IsBadRequest(err), apierrors.IsMethodNotSupported(err), apierrors.IsNotAcceptable(err):
		return true
	}
	return false
}

func pauseAfter(attempt int, err error) time.Duration {
	longest := longestPause
	if isMissing(err) {
		longest = missingPause
	}
	pause := min(firstPause<<min(attempt, 10), longest)
	return pause/2 + rand.N(pause/2)
}

// isMissing reports whether an answer requires a person to act.
func isMissing(err error) bool {
	return apierrors.IsNotFound(err) || apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err)
}

// remedy returns the API server's answer about a resource, and what to do.
func remedy(gvr schema.GroupVersionResource, err error) error {
	name := gvr.GroupResource().String()
	switch {
	case apierrors.IsNotFound(err):
		return fmt.Errorf("the cluster does not serve %s in version %s: install its CustomResourceDefinition (%w)", name, gvr.Version, err)
	case isMissing(err) && gvr == export.Secrets:
		return fmt.Errorf("the bridge may not list and watch %s: apply config/rbac-optional/export-secrets.yaml, or start it without --export-secrets (%w)", name, err)
	case isMissing(err):
		return fmt.Errorf("the bridge may not list and watch %s: apply config/rbac/k8sbridge.yaml, which allows it (%w)", name, err)
	}
	var answer apierrors.APIStatus
	if !errors.As(err, &answer) {
		return fmt.Errorf("the API server does not answer: %w", err)
	}
	return err
}

// whole reads complete objects.
type whole struct {
	dynamic.ResourceInterface
	by dynamic.Interface
}

func (w whole) client() any { return w.by }

func (w whole) List(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
	list, err := w.ResourceInterface.List(ctx, options)
	if err != nil {
		return nil, err // not a nil list in an interface
	}
	return list, nil
}

// outline reads only the metadata of objects.
type outline struct {
	metadata.ResourceInterface
	by metadata.Interface
}

func (o outline) client() any { return o.by }

func (o outline) List(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
	list, err := o.ResourceInterface.List(ctx, options)
	if err != nil {
		return nil, err
	}
	return list, nil
}
