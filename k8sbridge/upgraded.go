package main

import (
	"context"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/kube"
	"github.com/tack-dev/tack/apis"
)

// incompleteObject is a settled object with a status from an earlier version, which lacks some of
// the present conditions.
type incompleteObject struct {
	kind    apis.Kind
	u       *unstructured.Unstructured
	lacking []any
}

// completeAll adds the conditions, one object after the other. It starts no run and asks AWS
// nothing, because the inputs alone give the conditions. A run that writes at the same time wins.
func (b *bridge) completeAll(ctx context.Context, all []incompleteObject) {
	for _, o := range all {
		if !pause(ctx, describePause) {
			return
		}
		asked, done := context.WithTimeout(ctx, pokeTimeout)
		err := kube.Complete(asked, b.client, o.kind, o.u, o.lacking)
		done()
		if err != nil && ctx.Err() == nil {
			b.log.Warn("trying again in the next scan", "error", err)
			return
		}
	}
}
