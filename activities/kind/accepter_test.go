package kind

import (
	"testing"

	"github.com/tack-dev/tack/resource"
)

// A step of acceptance goes to the account that must accept, or the draft waits and names it.
func TestElsewhere(t *testing.T) {
	own := resource.Target{Partition: "aws", AccountID: "111111111111", Region: "us-west-2", RoleARN: "arn:aws:iam::111111111111:role/tack"}
	there := resource.Target{Partition: "aws", AccountID: "222222222222", Region: "us-west-2"}
	mapped := there
	mapped.RoleARN = "arn:aws:iam::222222222222:role/tack"
	other := mapped
	other.AccountID = "333333333333"
	for name, c := range map[string]struct {
		asks  resource.Target
		level resource.Accepter
		step  resource.Target // of the step
		waits string          // instead of the step
	}{
		"its own account":          {resource.Target{Partition: "aws", AccountID: own.AccountID, Region: own.Region}, resource.Accepter{}, resource.Target{}, ""},
		"mapped":                   {there, resource.Accepter{Target: mapped}, mapped, ""},
		"not asked yet":            {there, resource.Accepter{}, resource.Target{}, "account 222222222222 must accept thing-1 in us-west-2"},
		"not mapped":               {there, resource.Accepter{Target: there, Missing: "no role"}, resource.Target{}, "account 222222222222 must accept thing-1 in us-west-2, because Tack may not: no role"},
		"the answer is of another": {there, resource.Accepter{Target: other}, resource.Target{}, "account 222222222222 must accept thing-1 in us-west-2"},
	} {
		t.Run(name, func(t *testing.T) {
			d := Definition[struct{}, struct{}, struct{}]{Accepter: func(struct{}, *struct{}, Case) resource.Target { return c.asks }}
			asked, is := d.accepter(resource.ObserveInput{Target: own, Accepter: c.level}, struct{}{}, new(struct{}), Case{Target: own})
			if (asked == resource.Target{}) != (name == "its own account") {
				t.Errorf("the plan asks for %+v", asked)
			}
			var draft Draft
			draft.Elsewhere(Case{Accepter: is}, "accept thing-1", resource.Step{Verb: "Accept"})
			switch {
			case c.waits == "" && (draft.Wait != nil || len(draft.Steps) != 1 || draft.Steps[0].Target != c.step):
				t.Errorf("steps %+v, want one to %+v", draft.Steps, c.step)
			case c.waits != "" && (draft.Wait == nil || draft.Wait.Message != c.waits || len(draft.Steps) > 0):
				t.Errorf("draft %+v, want a wait with %q", draft, c.waits)
			}
		})
	}
}
