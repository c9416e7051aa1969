package workflows

import (
	"cmp"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// showInSearch updates the search attributes, in one event and only when they changed.
func (r *run) showInSearch() {
	if r.shown.report.UID == "" && r.result.State != resource.Deleted && r.result.State != resource.Gone {
		return // nothing changed: the attributes from the start of the run are still correct
	}
	target, asked := r.level.Target, r.level.Asked
	want := map[string]string{
		resource.AttributeState:      string(r.result.State),
		resource.AttributeResourceID: r.result.ID,
		resource.AttributeAccount:    cmp.Or(target.AccountID, asked.AccountID),
		resource.AttributeRegion:     cmp.Or(target.Region, asked.Region),
	}
	got := workflow.GetTypedSearchAttributes(r.ctx)
	var updates []temporal.SearchAttributeUpdate
	for _, name := range resource.SearchAttributes() {
		key := temporal.NewSearchAttributeKeyKeyword(name)
		old, _ := got.GetKeyword(key)
		// A run from before values were shortened shows the whole value.
		if value := resource.AttributeValue(want[name]); value != "" && value != old && want[name] != old {
			updates = append(updates, key.ValueSet(value))
		}
	}
	if len(updates) == 0 {
		return
	}
	if err := workflow.UpsertTypedSearchAttributes(r.ctx, updates...); err != nil {
		workflow.GetLogger(r.ctx).Error("showing the state in search", "error", err)
	}
}
