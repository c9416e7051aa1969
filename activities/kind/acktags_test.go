package kind_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/resource"
)

// A take-over, and an adoption that fills the spec, set the owner tags and change no other tag, whatever
// the flag for default tags names. After an adoption without the flag, ACK's tags stay as AWS has them.
func TestOnlyOwnerTagsAreSet(t *testing.T) {
	takes, fills := &resource.Adoption{ID: "vpc-1", Takes: true}, &resource.Adoption{ID: "vpc-1"}
	ack := []string{resource.TagControllerVersion, "ec2-1.20.0", resource.TagNamespace, "elsewhere", "team", "b"}
	flag := []resource.DefaultTag{{Key: "env", Value: "prod"}, {Key: "team", Value: "a"}}
	for name, test := range map[string]struct {
		adoption *resource.Adoption
		flag     []resource.DefaultTag
		has      []string
	}{
		"a take-over":                         {takes, nil, ack},
		"a take-over, with a flag":            {takes, flag, ack},
		"a take-over, with an empty flag":     {takes, []resource.DefaultTag{}, ack},
		"a take-over, without ACK's tags":     {takes, nil, []string{"team", "b"}},
		"an adoption":                         {fills, nil, ack},
		"an adoption, with a flag":            {fills, flag, ack},
		"an adoption, with an empty flag":     {fills, []resource.DefaultTag{}, ack},
		"an adoption, without ACK's tags":     {fills, nil, []string{"team", "b"}},
		"a flag that names one of ACK's tags": {takes, []resource.DefaultTag{{Key: resource.TagNamespace, Value: "n"}}, ack},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCrew(t, 0, ec2.Kinds()...)
			in := observing("ec2.VPC", "vpc-1", `{"cidrBlocks":["10.0.0.0/16"],"tags":[{"key":"team","value":"b"}]}`)
			in.Object.Claim, in.Object.Adoption, in.Object.Shown, in.Object.DefaultTags = nil, test.adoption, "vpc-1", test.flag
			c.aws.says = vpcWithTags(test.has...)
			plan, err := c.observe(t, in)
			if err != nil || plan.Problem != nil || len(plan.Steps) != 1 || len(plan.Advice) > 0 || plan.Steps[0].Verb != resource.VerbTag {
				t.Fatalf("the plan is %+v: %v", plan, err)
			}
			wantKeys(t, plan.Steps[0], resource.TagOwner, resource.TagUID)
			in.Object.Claim, in.Object.Adoption = &resource.Claim{ID: "vpc-1", Incarnation: 1, Adopted: true}, nil
			c.aws.says = vpcWithTags(append(test.has, resource.TagOwner, in.Object.Owner.Tag(), resource.TagUID, in.Object.Owner.Tags(1)[resource.TagUID])...)
			plan, err = c.observe(t, in)
			if err != nil || test.flag == nil && len(plan.Steps) > 0 {
				t.Errorf("after the adoption, the plan is %+v: %v", plan, err)
			}
		})
	}
}

// wantKeys checks the keys of the tags that a step sets.
func wantKeys(t *testing.T, step resource.Step, want ...string) {
	t.Helper()
	text := string(step.Input)
	if n := strings.Count(text, `"Key"`); n != len(want) || slices.ContainsFunc(want, func(key string) bool { return !strings.Contains(text, key) }) {
		t.Errorf("the step sets %s, want the keys %q", text, want)
	}
}
