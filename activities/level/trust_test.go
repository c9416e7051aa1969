package level

import (
	"encoding/json"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// A parent with a lost or edited claim unsettles no made object. The id that the parent shows
// counts as long as it changes no input of the object.
func TestReferencesAsApplied(t *testing.T) {
	type change func(c cluster, parent *unstructured.Unstructured)
	claimed := func(edit func(*resource.Claim)) change {
		return func(_ cluster, parent *unstructured.Unstructured) {
			var claim resource.Claim
			_ = json.Unmarshal([]byte(parent.GetAnnotations()[AnnotationClaim]), &claim) // the annotation is written below
			edit(&claim)
			raw, _ := json.Marshal(claim)
			parent.SetAnnotations(map[string]string{AnnotationClaim: string(raw)})
		}
	}
	dropped := func(_ cluster, parent *unstructured.Unstructured) { parent.SetAnnotations(nil) }
	shows := func(id string) change {
		return func(_ cluster, parent *unstructured.Unstructured) {
			delete(parent.Object["status"].(fields), "vpcID")
			if id != "" {
				parent.Object["status"].(fields)["vpcID"] = id
			}
		}
	}
	both := func(all ...change) change {
		return func(c cluster, parent *unstructured.Unstructured) {
			for _, do := range all {
				do(c, parent)
			}
		}
	}
	edited := func(c cluster, _ *unstructured.Unstructured) { c.Set("another", "spec", "description") }
	for name, test := range map[string]struct {
		change change
		want   string // empty: it stays settled
	}{
		"the claim is dropped": {dropped, ""},
		"the claim is damaged": {func(_ cluster, p *unstructured.Unstructured) {
			p.SetAnnotations(map[string]string{AnnotationClaim: "{"})
		}, ""},
		"the claim is forged": {claimed(func(c *resource.Claim) { c.ID = "vpc-foreign" }), ""},
		"the status is lost": {both(shows(""), func(_ cluster, p *unstructured.Unstructured) {
			delete(p.Object["status"].(fields), resource.StatusSyncedID)
		}), ""},
		"dropped, and another id shown":              {both(dropped, shows("vpc-foreign")), "no claim says"},
		"dropped, and no id shown":                   {both(dropped, shows("")), "has no id yet"},
		"dropped, and the object is edited":          {both(dropped, edited), "no claim says"},
		"claimed by another installation":            {claimed(func(c *resource.Claim) { c.Install = "other" }), `claimed by installation "other"`},
		"dropped, and the object's create is open":   {both(dropped, func(c cluster, _ *unstructured.Unstructured) { open := mine; open.ID = ""; c.Claim(open) }), "no claim says"},
		"dropped, and the object waits for its try":  {both(dropped, func(c cluster, _ *unstructured.Unstructured) { c.Set([]any{}, "status", "conditions") }), "no claim says"},
		"dropped, and another object has its status": {both(dropped, func(c cluster, _ *unstructured.Unstructured) { c.Set("sg-9", "status", "id") }), "no claim says"},
	} {
		t.Run(name, func(t *testing.T) {
			c := complete()
			c.Claim(mine)
			group, _ := apis.ByName(groupRef.Kind)
			c.Set([]any{group.Finalizer()}, "metadata", "finalizers")
			c.Set(from("main"), "spec", "vpcRef")
			c["vpcs/team-a/main"] = fields{"status": fields{"vpcID": "vpc-1", resource.StatusSyncedID: "vpc-1", resource.StatusObservedGeneration: int64(1),
				"conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}}}}
			c.Vouch()
			c.Set([]any{fields{"type": "ACK.ResourceSynced", "status": "True"}}, "status", "conditions")
			c.Set(levelIn(t, c, settings).Digest, "status", resource.StatusInputsDigest)
			before := levelIn(t, c, settings)
			if before.ReportedState != resource.Synced || before.Kept {
				t.Fatalf("before: %+v", before)
			}
			test.change(c, &unstructured.Unstructured{Object: c["vpcs/team-a/main"]})
			got := levelIn(t, c, settings)
			waits := ""
			if got.Wait != nil {
				waits = got.Wait.Message
			}
			if settled := got.ReportedState == resource.Synced && got.Kept && got.Same(before); settled != (test.want == "") || !strings.Contains(waits, test.want) {
				t.Errorf("settled %q, kept %t, it waits for %q, want %q", got.ReportedState, got.Kept, waits, test.want)
			}
			if test.want != "" && (got.ReportedState != "" || got.Kept) {
				t.Errorf("it waits, and is settled %q, kept %t", got.ReportedState, got.Kept)
			}
		})
	}
}
