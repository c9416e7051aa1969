package ensuing

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"github.com/tack-dev/tack/resource"
)

// The look knows the call that came before it. A plan is returned only if the run can use it as it is.
func TestLook(t *testing.T) {
	earlier, done := resource.Done{Verb: "Modify"}, resource.Done{Verb: resource.VerbDelete}
	asked := &resource.ObserveInput{Done: []resource.Done{earlier}}
	for name, test := range map[string]struct {
		asked *resource.ObserveInput
		plan  resource.Plan
		err   error
		want  bool
	}{
		"nobody asks":     {nil, resource.Plan{ID: "x"}, nil, false},
		"nothing to do":   {asked, resource.Plan{ID: "x"}, nil, true},
		"more to do":      {asked, resource.Plan{ID: "x", Steps: []resource.Step{{Verb: "Modify"}}}, nil, true},
		"AWS refuses":     {asked, resource.Plan{}, errors.New("denied"), false},
		"something holds": {asked, resource.Plan{ID: "x", Held: true}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := Look(t.Context(), test.asked, done, false, func(ctx context.Context, in resource.ObserveInput) (resource.Plan, error) {
				if _, bounded := ctx.Deadline(); !bounded {
					t.Error("the look may outlast the attempt of its activity")
				}
				if len(in.Done) != 2 || in.Done[0].Verb != earlier.Verb || !in.Deleted() {
					t.Errorf("it knows of the calls %+v", in.Done)
				}
				return test.plan, test.err
			})
			if (got != nil) != test.want {
				t.Errorf("the run gets %+v", got)
			}
			if len(asked.Done) != 1 {
				t.Errorf("the input of the activity holds %+v now", asked.Done)
			}
		})
	}
}

// AWS's answer to a deletion is the observation, if the object can have no other resource.
func TestDeletedAtOnce(t *testing.T) {
	claimed := func(edit func(*resource.Object)) resource.Object {
		o := resource.Object{Deleting: true, Shown: "x", Claim: &resource.Claim{ID: "x"}}
		edit(&o)
		return o
	}
	for name, test := range map[string]struct {
		object resource.Object
		atOnce bool
		looks  bool
	}{
		"gone":                      {claimed(func(*resource.Object) {}), true, false},
		"AWS takes time":            {claimed(func(*resource.Object) {}), false, true},
		"another one is made next":  {claimed(func(o *resource.Object) { o.Deleting = false }), true, true},
		"a request was lost":        {claimed(func(o *resource.Object) { o.Claim.Lost = time.Unix(1, 0) }), true, true},
		"in place of another":       {claimed(func(o *resource.Object) { o.Claim.Replaced = &resource.Replaced{ID: "w"} }), true, true},
		"the status names another":  {claimed(func(o *resource.Object) { o.Shown = "y" }), true, true},
		"the claim is not recorded": {claimed(func(o *resource.Object) { o.Claim.ID, o.Shown = "", "" }), true, true},
		"in doubt":                  {claimed(func(o *resource.Object) { o.Doubt = &resource.Doubt{ID: "x"} }), true, true},
	} {
		t.Run(name, func(t *testing.T) {
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestActivityEnvironment()
			looked := false
			look := func(ctx context.Context) (*resource.Plan, error) {
				return Look(ctx, &resource.ObserveInput{Object: test.object}, resource.Done{Verb: resource.VerbDelete}, test.atOnce, func(context.Context, resource.ObserveInput) (resource.Plan, error) {
					looked = true
					return resource.Plan{Run: "by a look"}, nil
				}), nil
			}
			env.RegisterActivity(look)
			answer, err := env.ExecuteActivity(look)
			if err != nil {
				t.Fatal(err)
			}
			var plan resource.Plan
			if err = answer.Get(&plan); err != nil {
				t.Fatal(err)
			}
			if looked != test.looks || plan.Run == "" || plan.ID != "" || len(plan.Steps) > 0 {
				t.Errorf("looked: %t, want %t; the plan is %+v", looked, test.looks, plan)
			}
		})
	}
}
