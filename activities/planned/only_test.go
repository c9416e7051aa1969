package planned

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

// Whatever a plan holds, that of a plan-only object writes nothing, and says which calls it plans.
func TestOnly(t *testing.T) {
	there := resource.Target{AccountID: "2"}
	full := resource.Plan{
		ID: "x-1", Proven: true, Late: json.RawMessage(`{"a":1}`), Sweep: true, Notes: []string{"spec.size: AWS cannot change it"},
		Steps: []resource.Step{{Verb: "Modify", Path: "spec.mode", Summary: "change it"}}, Wait: &resource.Wait{Message: "AWS must finish"}, Accepter: there,
	}
	making := resource.Plan{Create: &resource.Step{Verb: "Create", Summary: "launch it"}, Steps: []resource.Step{{Verb: "Tag", Summary: "tag it"}}}
	claim := &resource.Claim{ID: "x-1"}
	for name, test := range map[string]struct {
		object   resource.Object
		plan     resource.Plan
		problem  string // of the plan; empty: none
		advising string
	}{
		"a create":         {resource.Object{}, making, "Tack plans 2 AWS calls, and Tack makes none of them", "1. ec2:RunInstances: launch it; 2. ec2:CreateTags: tag it"},
		"a change":         {resource.Object{Claim: claim}, full, "Tack plans 1 AWS calls", "1. ec2:ModifyInstanceAttribute: spec.mode: change it; spec.size: AWS cannot change it; then it waits: AWS must finish"},
		"a deletion":       {resource.Object{Claim: claim, Deleting: true}, full, "its deletion waits", "1. ec2:ModifyInstanceAttribute"},
		"an adoption":      {resource.Object{}, resource.Plan{ID: "x-2", Status: json.RawMessage(`{}`), Proven: true, Adopted: true}, "Tack plans 0 AWS calls", "record x-2 as its resource"},
		"nothing to do":    {resource.Object{Claim: claim}, resource.Plan{ID: "x-1", Proven: true, Late: json.RawMessage(`{"a":1}`)}, "", ""},
		"AWS is not ready": {resource.Object{Claim: claim}, resource.Plan{ID: "x-1", Wait: full.Wait}, "", ""},
		"another problem":  {resource.Object{Claim: claim}, resource.Plan{ID: "x-1", Steps: full.Steps, Problem: &resource.Problem{Message: "it is not ours"}}, "it is not ours", ""},
	} {
		t.Run(name, func(t *testing.T) {
			test.object.PlanOnly, test.object.Finalizer = true, true
			got := Only(described, resource.ObserveInput{Object: test.object, Target: here}, test.plan)
			wantNoWrites(t, got)
			if got.Problem != nil && got.Wait != nil && test.advising != "" {
				t.Errorf("beside the problem, the wait is %+v", got.Wait)
			}
			problem, advising := "", ""
			if got.Problem != nil {
				problem = got.Problem.Message
			}
			for _, a := range got.Advice {
				advising += a.Message
			}
			wantText(t, "problem", problem, test.problem)
			wantText(t, "advice", advising, test.advising)
			if name == "an adoption" && (got.Status != nil || got.Proven) {
				t.Errorf("the status would show a resource that the object does not have: %+v", got)
			}
		})
	}
	if diff := cmp.Diff(full, Only(described, resource.ObserveInput{}, full)); diff != "" {
		t.Errorf("the plan of another object changed (-want +got):\n%s", diff)
	}
}

// wantNoWrites checks that nothing in a plan writes to AWS or to the object.
func wantNoWrites(t *testing.T, plan resource.Plan) {
	t.Helper()
	if plan.Create != nil || plan.Steps != nil || plan.Late != nil || plan.Sweep || plan.Adopted {
		t.Errorf("the plan still writes: %+v", plan)
	}
}

// wantText checks that a text contains another; empty: that there is none.
func wantText(t *testing.T, what, got, want string) {
	t.Helper()
	if !strings.Contains(got, want) || (got == "") != (want == "") {
		t.Errorf("the %s is %q, want %q", what, got, want)
	}
}
