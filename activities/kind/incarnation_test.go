package kind

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/aws/ownership"
	"github.com/tack-dev/tack/resource"
)

// A resource that AWS failed to create is first recorded, then reported with a pause, and only then
// replaced. Otherwise nobody could see why AWS gets request after request. An object that only adopts keeps it.
func TestPlanAnew(t *testing.T) {
	d := Definition[any, any, any]{Unplan: func(*any) []resource.Step { return []resource.Step{{Verb: resource.VerbDelete}} }}
	failed := Facts{ID: "nat-2", Failed: &resource.Wait{Reason: "Gateway.NotAttached", Message: "because"}}
	recorded := &resource.Claim{Incarnation: 2, ID: "nat-2"}
	news := []byte(`{"state":"failed"}`)
	adopts, creates := &resource.Adoption{Done: true}, &resource.Adoption{Create: true, Done: true}
	for name, test := range map[string]struct {
		claim    *resource.Claim
		adoption *resource.Adoption
		status   []byte
		want     string
	}{
		"not recorded yet":           {&resource.Claim{Incarnation: 2}, nil, news, "wait for Gateway.NotAttached"},
		"not recorded, but shown":    {&resource.Claim{Incarnation: 2}, nil, nil, "wait for Gateway.NotAttached"},
		"adopted":                    {nil, nil, news, "wait for Gateway.NotAttached"},
		"recorded, not reported yet": {recorded, nil, news, "Blocked Gateway.NotAttached: because"},
		"recorded, reported before":  {recorded, nil, nil, "Delete"},
		"reported, adopts or makes":  {recorded, creates, nil, "Delete"},
		"reported, only adopts":      {recorded, adopts, nil, "Blocked Gateway.NotAttached: because"},
	} {
		plan := resource.Plan{Status: test.status}
		d.planAnew(&plan, resource.ObserveInput{Object: resource.Object{Claim: test.claim, Adoption: test.adoption}}, nil, failed)
		got := ""
		switch {
		case plan.Wait != nil:
			got = "wait for " + plan.Wait.Reason
		case plan.Problem != nil:
			got = fmt.Sprintf("%s %s: %s", plan.Problem.State, plan.Problem.Reason, plan.Problem.Message)
		case len(plan.Steps) == 1:
			got = plan.Steps[0].Verb
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A failure that another resource caused may pass with it, so the next try comes soon.
func TestFailedBecauseOfAnother(t *testing.T) {
	var d Definition[any, any, any]
	for code, want := range map[string]bool{
		"Gateway.NotAttached": true, "Resource.AlreadyAssociated": true, "InvalidSubnetID.NotFound": true,
		"InvalidAllocationID.NotFound": true, "InsufficientFreeAddressesInSubnet": true, "InternalError": false, resource.ReasonFailed: false,
	} {
		plan := resource.Plan{Status: []byte(`{}`)}
		in := resource.ObserveInput{Object: resource.Object{Claim: &resource.Claim{Incarnation: 1, ID: "nat-1"}}}
		d.planAnew(&plan, in, nil, Facts{ID: "nat-1", Failed: &resource.Wait{Reason: code}})
		if plan.Problem == nil || plan.Problem.ByAnother != want {
			t.Errorf("%s: %+v, want a problem by another: %t", code, plan.Problem, want)
		}
	}
}

// A resource of an earlier incarnation that AWS still lists answers only one question: whether that
// very create was carried out.
func TestPast(t *testing.T) {
	gone := Facts{Gone: true, Tags: map[string]string{resource.TagIncarnation: "2"}}
	for name, test := range map[string]struct {
		claim *resource.Claim
		facts Facts
		want  bool
	}{
		"nothing was sent":           {nil, gone, true},
		"nothing was made":           {&resource.Claim{Incarnation: 2, Void: true}, gone, true},
		"the next is unclear":        {&resource.Claim{Incarnation: 3}, gone, true},
		"that very one is unclear":   {&resource.Claim{Incarnation: 2}, gone, false},
		"it is recorded":             {&resource.Claim{Incarnation: 2, ID: "x"}, gone, false},
		"it is there":                {nil, Facts{Tags: gone.Tags}, false},
		"there, the next is unclear": {&resource.Claim{Incarnation: 3}, Facts{Tags: gone.Tags}, false},
	} {
		if got := ownership.Past(test.claim, test.facts.found()); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
}

// A create that may have been sent waits for nothing. A resource in deletion does not wait either.
func TestLacksIsForWhatIsYetToBeSent(t *testing.T) {
	d := Definition[any, any, any]{Lacks: func(context.Context, any, any) (*resource.Wait, error) {
		t.Error("AWS is asked what a create would need")
		return nil, nil
	}}
	for name, object := range map[string]resource.Object{
		"a create is unclear": {Claim: &resource.Claim{Incarnation: 1}},
		"it is deleted":       {Deleting: true, Claim: &resource.Claim{Incarnation: 1, ID: "x"}},
	} {
		if wait, err := d.lacks(t.Context(), nil, resource.ObserveInput{Object: object}, nil); wait != nil || err != nil {
			t.Errorf("%s: %+v, %v", name, wait, err)
		}
	}
}

// Tags are corrected even while AWS is changing a resource.
func TestTagsOfWhatIsPending(t *testing.T) {
	d := Definition[any, any, any]{
		Facts:  func(*any) Facts { return Facts{ID: "x", Pending: &resource.Wait{Reason: "Pending"}} },
		Status: func(*any) any { return nil },
		Plan: func(any, *any, Case) Draft {
			return Draft{Steps: []resource.Step{{Verb: "Modify"}, {Verb: resource.VerbTag}, {Verb: resource.VerbUntag}}, Notes: []string{"later"}}
		},
	}
	plan := d.planFound(resource.ObserveInput{Object: resource.Object{Claim: &resource.Claim{ID: "x"}, Shown: "x"}}, nil, new(any))
	want := resource.Plan{
		ID: "x", Wait: &resource.Wait{Reason: "Pending"}, Steps: []resource.Step{{Verb: resource.VerbTag}, {Verb: resource.VerbUntag}},
	}
	if diff := cmp.Diff(want, plan); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

// The plan says of its notes what the draft says, and repeats its advice.
func TestNotesOfWhatIsReady(t *testing.T) {
	draft := Draft{Steps: []resource.Step{{Verb: "Modify"}}, Notes: []string{"AWS shows no interface"}, InAWS: true, Advice: []resource.Advice{{Reason: "R", Message: "m"}}}
	d := Definition[any, any, any]{
		Facts:  func(*any) Facts { return Facts{ID: "x"} },
		Status: func(*any) any { return nil },
		Plan:   func(any, *any, Case) Draft { return draft },
	}
	plan := d.planFound(resource.ObserveInput{Object: resource.Object{Claim: &resource.Claim{ID: "x"}, Shown: "x"}}, nil, new(any))
	if diff := cmp.Diff(resource.Plan{ID: "x", Steps: draft.Steps, Notes: draft.Notes, InAWS: true, Advice: draft.Advice}, plan); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

// A claim whose token may be spent is followed by a higher incarnation, even where the claim proves
// nothing.
func TestIncarnationAfterADoubt(t *testing.T) {
	d := Definition[any, any, any]{
		Create: func(_ any, m Making) resource.Step { return resource.Step{Verb: m.Token} },
		Plan:   func(any, *any, Case) Draft { return Draft{} },
	}
	for doubt, want := range map[resource.Doubt]int{{}: 1, {Incarnation: 2}: 3} {
		if got := d.planNew(resource.ObserveInput{Object: resource.Object{Doubt: &doubt}}, nil).Incarnation; got != want {
			t.Errorf("after %+v: %d, want %d", doubt, got, want)
		}
	}
}

// A resource that AWS failed to create and does not delete is over once the object reports the
// failure, or is being deleted.
func TestFailedAndGone(t *testing.T) {
	type shown struct {
		State string `json:"state"`
	}
	d := Definition[any, any, shown]{
		Status: func(got *shown) any { return *got },
		Facts: func(got *shown) Facts {
			f := Facts{ID: "x-1", Gone: true}
			if got.State == "failed" {
				f.Failed = &resource.Wait{Reason: resource.ReasonFailed}
			}
			return f
		},
	}
	recorded := &resource.Claim{ID: "x-1"}
	for name, test := range map[string]struct {
		state  string
		object resource.Object
		want   bool
	}{
		"deleted":                  {"deleted", resource.Object{Claim: recorded}, true},
		"not reported":             {"failed", resource.Object{Claim: recorded, Status: []byte(`{"state":"pending"}`)}, false},
		"reported":                 {"failed", resource.Object{Claim: recorded, Status: []byte(`{"state":"failed"}`)}, true},
		"not recorded":             {"failed", resource.Object{Claim: &resource.Claim{}, Status: []byte(`{"state":"failed"}`)}, false},
		"of an object in deletion": {"failed", resource.Object{Claim: recorded, Deleting: true}, true},
	} {
		if got := d.over(resource.ObserveInput{Object: test.object}, &shown{test.state}); got != test.want {
			t.Errorf("%s: over is %t, want %t", name, got, test.want)
		}
	}
}
