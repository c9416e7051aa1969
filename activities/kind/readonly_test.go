package kind

import (
	"strings"
	"testing"

	"github.com/tack-dev/tack/activities/readonly"
	"github.com/tack-dev/tack/resource"
)

// A read-only object reports a failed resource and leaves it, and waits for nobody.
func TestPlanFoundReadOnly(t *testing.T) {
	facts := Facts{ID: "x-1", Tags: map[string]string{"old": "1"}}
	wait := &resource.Wait{Reason: "PendingAcceptance", Message: "somebody must accept it"}
	d := Definition[any, struct{}, int]{
		Facts:  func(*int) Facts { return facts },
		Status: func(*int) any { return map[string]any{} },
		Unplan: func(*int) []resource.Step { return []resource.Step{{Verb: resource.VerbDelete}} },
		Plan: func(struct{}, *int, Case) Draft {
			return Draft{Steps: []resource.Step{{Verb: "Set", Path: "spec.mode", Summary: "set it"}}, Wait: wait}
		},
	}
	in := resource.ObserveInput{Object: resource.Object{ReadOnly: true, Claim: &resource.Claim{ID: "x-1", Adopted: true}, Shown: "x-1"}}
	plan := readonly.Plan(in.Object, d.planFound(in, struct{}{}, new(int)))
	if plan.Wait != nil || plan.Problem != nil || !plan.Proven || len(plan.Advice) != 1 || !strings.Contains(plan.Advice[0].Message, "somebody must accept it") {
		t.Errorf("a draft that waits: %+v", plan)
	}
	facts.Failed = &resource.Wait{Reason: resource.ReasonFailed, Message: "AWS gave up"}
	plan = readonly.Plan(in.Object, d.planFound(in, struct{}{}, new(int)))
	if plan.Problem == nil || plan.Problem.State != resource.Blocked || len(plan.Steps) > 0 {
		t.Errorf("a failed resource: %+v", plan)
	}
}

// A read-only object whose resource AWS does not show makes none.
func TestPlanAbsentReadOnly(t *testing.T) {
	var d Definition[any, struct{}, int]
	in := resource.ObserveInput{Object: resource.Object{ReadOnly: true, Adoption: &resource.Adoption{ID: "x-1", Create: true}}}
	plan, err := d.planAbsent(t.Context(), &Engine{}, in, struct{}{})
	if err != nil || plan.Create != nil || plan.Problem == nil || plan.Problem.Reason != resource.ReasonReadOnlyNotFound {
		t.Errorf("%+v, %v; want the problem", plan, err)
	}
}
