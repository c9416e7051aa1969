package main

import (
	"context"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/kube"
	"github.com/tack-dev/tack/apis"
)

// incompleteObject is settled, and its status was written by a version that did not know
// all conditions of today.
type incompleteObject struct {
	kind    apis.Kind
	u       *unstructured.Unstructured
	lacking []any
}

// completeAll adds the conditions, one object after the other. No run is started for it:
// the inputs alone give the conditions, and nothing is asked of AWS. A run that writes at
// the same time wins.
func (b *bridge) completeAll(ctx context.Context, all []incompleteObject) {
	for _, o := range all {
		if !pause(ctx, describePause) {
			return
		}
		asked, done := context.WithTimeout(ctx, pokeTimeout)
		err := kube.Complete(asked, b.client, o.kind, o.u, o.lacking)
		done()
		if err != nil && ctx.Err() == nil {
			b.log.Warn("the next round tries again", "error", err)
			return
		}
	}
}
