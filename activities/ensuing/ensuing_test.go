package ensuing

import (
	"context"
	"errors"
	"testing"

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
			got := Look(t.Context(), test.asked, done, func(ctx context.Context, in resource.ObserveInput) (resource.Plan, error) {
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
