package kind_test

import (
	"strings"
	"testing"

	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/resource"
)

// A take-over plans the ownership tags and nothing else. Once AWS has these, a spec that differs is
// reported, with both values. Tags that ACK adds to every resource are no difference.
func TestTakeOver(t *testing.T) {
	const same = `{"cidrBlocks":["10.0.0.0/16"],"tags":[{"key":"team","value":"b"}]}`
	for name, test := range map[string]struct {
		spec    string
		owned   bool
		differs string
	}{
		"no difference":          {same, false, ""},
		"its tags":               {`{"cidrBlocks":["10.0.0.0/16"],"tags":[{"key":"team","value":"a"}]}`, false, "tags"},
		"a tag that is missing":  {`{"cidrBlocks":["10.0.0.0/16"],"tags":[{"key":"team","value":"b"},{"key":"env","value":"x"}]}`, false, "tags"},
		"a tag of somebody":      {`{"cidrBlocks":["10.0.0.0/16"]}`, false, "tags"},
		"a field":                {`{"cidrBlocks":["10.0.0.0/16"],"enableNetworkAddressUsageMetrics":false,"tags":[{"key":"team","value":"b"}]}`, false, "enableNetworkAddressUsageMetrics"},
		"what AWS cannot change": {`{"cidrBlocks":["10.1.0.0/16"],"tags":[{"key":"team","value":"b"}]}`, true, "cidrBlocks"},
		"tagged":                 {same, true, ""},
		"tagged, its tags":       {`{"cidrBlocks":["10.0.0.0/16"]}`, true, "tags"},
		"tagged, a field":        {`{"cidrBlocks":["10.0.0.0/16"],"enableNetworkAddressUsageMetrics":false,"tags":[{"key":"team","value":"b"}]}`, true, "enableNetworkAddressUsageMetrics"},
	} {
		t.Run(name, func(t *testing.T) {
			plan := planTakeOver(t, test.spec, test.owned)
			wantOwnerTags(t, plan, test.owned)
			if plan.ID != "vpc-1" || !plan.Proven || plan.Adopted == test.owned || plan.Create != nil || len(plan.Notes) > 0 {
				t.Errorf("the plan is %+v", plan)
			}
			wantDifference(t, plan, test.differs, test.owned)
		})
	}
}

// planTakeOver returns the plan for a VPC with ACK's tags and one of a user. An owned one has the owner
// tags already.
func planTakeOver(t *testing.T, spec string, owned bool) resource.Plan {
	t.Helper()
	c := newCrew(t, 0, ec2.Kinds()...)
	in := observing("ec2.VPC", "vpc-1", spec)
	in.Object.Adoption, in.Object.Shown = &resource.Adoption{ID: "vpc-1", Takes: true}, "vpc-1"
	tags := []string{resource.TagControllerVersion, "ec2-1.20.0", resource.TagNamespace, "n"}
	if owned {
		in.Object.Claim.Adopted = true
		tags = append(tags, resource.TagUID, in.Object.Owner.Tags(1)[resource.TagUID])
	} else {
		in.Object.Claim = nil
	}
	c.aws.says = taggedVPC(in.Object.Owner, tags...)
	if !owned {
		for action, says := range c.aws.says {
			c.aws.says[action] = []string{strings.ReplaceAll(says[0], "<item><key>"+resource.TagOwner+"</key><value>"+in.Object.Owner.Tag()+"</value></item>", "")}
		}
	}
	plan, err := c.observe(t, in)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// wantOwnerTags checks that a plan only sets the owner tags, where they are missing.
func wantOwnerTags(t *testing.T, plan resource.Plan, owned bool) {
	t.Helper()
	if owned != (len(plan.Steps) == 0) || len(plan.Steps) > 1 {
		t.Errorf("the steps are %+v", plan.Steps)
	}
	for _, step := range plan.Steps {
		if text := string(step.Input); step.Verb != resource.VerbTag || !strings.Contains(text, resource.TagOwner) || strings.Contains(text, "team") || strings.Contains(text, resource.TagControllerVersion) {
			t.Errorf("a step is %+v: %s", step, text)
		}
	}
}

// wantDifference checks that a plan advises about a field; empty: about none. Once AWS has the owner
// tags, a difference stops the object.
func wantDifference(t *testing.T, plan resource.Plan, field string, owned bool) {
	t.Helper()
	var advice []string
	for _, a := range plan.Advice {
		advice = append(advice, a.Message)
	}
	if got := strings.Join(advice, "; "); !strings.Contains(got, field) || (got == "") != (field == "") {
		t.Errorf("the advice is %q, want %q", got, field)
	}
	if field != "" && plan.Late != nil {
		t.Errorf("the plan fills in %s beside a difference", plan.Late)
	}
	if stops := plan.Problem != nil; stops != (owned && field != "") || stops && plan.Problem.Reason != resource.ReasonTakeOverDiffers {
		t.Errorf("the problem is %+v", plan.Problem)
	}
}

// A resource that AWS does not show, or that somebody else owns, is not taken over, and none is
// created. A deletion deletes the resource that the status names.
func TestTakeOverOfWhatIsNotThere(t *testing.T) {
	const none = "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>"
	other := observing("ec2.VPC", "vpc-1", `{}`).Object.Owner
	other.Ref.Name = "other"
	for name, test := range map[string]struct {
		says     map[string][]string
		deleting bool
		reason   string
		steps    int
	}{
		"gone":               {map[string][]string{"DescribeVpcs": {none}}, false, "TakeOverNotFound", 0},
		"another object's":   {taggedVPC(other), false, "OwnedByAnother", 0},
		"a stack's":          {taggedVPC(resource.Owner{}, "aws:cloudformation:stack-name", "s"), false, "OwnedByAnother", 0},
		"deleted":            {taggedVPC(resource.Owner{}), true, "", 1},
		"deleted, another's": {taggedVPC(other), true, "OwnedByAnother", 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCrew(t, 0, ec2.Kinds()...)
			in := observing("ec2.VPC", "vpc-1", `{"cidrBlocks":["10.0.0.0/16"]}`)
			in.Object.Claim, in.Object.Adoption, in.Object.Shown, in.Object.Deleting = nil, &resource.Adoption{ID: "vpc-1", Takes: true}, "vpc-1", test.deleting
			for action, says := range test.says {
				test.says[action] = []string{strings.ReplaceAll(says[0], "<value>"+resource.Owner{}.Tag()+"</value>", "<value></value>")}
			}
			c.aws.says = test.says
			plan, err := c.observe(t, in)
			if err != nil {
				t.Fatal(err)
			}
			reason := ""
			if plan.Problem != nil {
				reason = plan.Problem.Reason
			}
			if reason != test.reason || len(plan.Steps) != test.steps || plan.Create != nil {
				t.Errorf("the plan is %+v; want %q and %d steps", plan, test.reason, test.steps)
			}
		})
	}
}
