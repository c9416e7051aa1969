package kind_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/resource"
)

// Where AWS cannot change a field, only the annotation turns the note into a replacement: of a resource that
// was Synced, and of no other.
func TestReplacement(t *testing.T) {
	const spec = `{"cidrBlocks":["10.1.0.0/16"],"enableNetworkAddressUsageMetrics":true,"tags":[{"key":"team","value":"b"}]}`
	allowed, asks := &resource.Replacement{}, &resource.Replacement{Asks: true}
	for name, test := range map[string]struct {
		change func(*resource.Object)
		want   string // "replaced", "note", or a reason
	}{
		"not allowed":            {func(*resource.Object) {}, "note"},
		"allowed":                {func(o *resource.Object) { o.Replacement = allowed }, "replaced"},
		"never Synced":           {func(o *resource.Object) { o.Replacement, o.Synced = allowed, "" }, "note"},
		"another one was Synced": {func(o *resource.Object) { o.Replacement, o.Synced = allowed, "vpc-0" }, "note"},
		"only adopts":            {func(o *resource.Object) { o.Replacement, o.Adoption = allowed, &resource.Adoption{Done: true} }, "note"},
		"nothing differs": {func(o *resource.Object) {
			o.Replacement, o.Spec = allowed, []byte(strings.Replace(spec, "10.1.", "10.0.", 1))
		}, ""},
		"asks":                    {func(o *resource.Object) { o.Replacement = asks }, "ApprovalRequired"},
		"asks, approved":          {func(o *resource.Object) { o.Replacement = &resource.Replacement{Asks: true, Approved: "vpc-1"} }, "replaced"},
		"asks, approved: another": {func(o *resource.Object) { o.Replacement = &resource.Replacement{Asks: true, Approved: "vpc-0"} }, "ApprovalRequired"},
		"replaces another one":    {func(o *resource.Object) { o.Replacement, o.Claim.Replaced = allowed, &resource.Replaced{ID: "vpc-0"} }, "note"},
		"read-only":               {func(o *resource.Object) { o.Replacement, o.ReadOnly = allowed, true }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCrew(t, 0, ec2.Kinds()...)
			in := observing("ec2.VPC", "vpc-1", spec)
			in.Ahead, in.Object.Synced, in.Object.DefaultTags = true, "vpc-1", []resource.DefaultTag{}
			test.change(&in.Object)
			c.aws.says = taggedVPC(in.Object.Owner, resource.TagUID, "u/1")
			plan, err := c.observe(t, in)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			switch {
			case plan.Problem != nil:
				got = plan.Problem.Reason
			case plan.Replaced != nil:
				got = "replaced"
			case len(plan.Notes) > 0:
				got = "note"
			}
			if got != test.want {
				t.Errorf("the plan is %q, want %q: %+v", got, test.want, plan)
			}
			if plan.Replaced != nil {
				wantNewFirst(t, plan)
			}
		})
	}
}

// wantNewFirst checks that a plan creates the next resource beside vpc-1, and then deletes that one.
func wantNewFirst(t *testing.T, plan resource.Plan) {
	t.Helper()
	later := plan.Later[len(plan.Later)-1]
	if plan.ID != "" || plan.Create == nil || plan.Incarnation != 2 || plan.Replaced.ID != "vpc-1" || later.Verb != resource.VerbDelete || later.Stage == 0 || len(plan.Notes) > 0 {
		t.Errorf("the plan is %+v", plan)
	}
}

// AWS keeps the name of a group unique in its VPC. A group with another description is made after the old
// one is deleted, and a group with another name before.
func TestWhichIsFirst(t *testing.T) {
	for spec, oldFirst := range map[string]bool{
		`{"name":"web","description":"new","vpcID":"vpc-1"}`: true,
		`{"name":"api","description":"old","vpcID":"vpc-1"}`: false,
		`{"name":"api","description":"new","vpcID":"vpc-1"}`: false,
	} {
		c := newCrew(t, 0, ec2.Kinds()...)
		in := observing("ec2.SecurityGroup", "sg-1", spec)
		in.Ahead, in.Object.Synced, in.Object.Replacement = true, "sg-1", &resource.Replacement{}
		c.aws.says = map[string][]string{"DescribeSecurityGroups": {fmt.Sprintf(
			"<DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-1</groupId><groupName>web</groupName><groupDescription>old</groupDescription><vpcId>vpc-1</vpcId>"+
				"<tagSet><item><key>%s</key><value>%s</value></item></tagSet></item></securityGroupInfo></DescribeSecurityGroupsResponse>", resource.TagOwner, in.Object.Owner.Tag())}}
		plan, err := c.observe(t, in)
		if err != nil || plan.Problem != nil {
			t.Fatalf("%s: %+v, %v", spec, plan.Problem, err)
		}
		if plan.Replaces != oldFirst || (plan.Replaced != nil) == oldFirst {
			t.Errorf("%s: old first %t, want %t: %+v", spec, plan.Replaces, oldFirst, plan)
		}
		if !oldFirst {
			continue
		}
		var verbs []string
		for _, step := range append(plan.Steps, plan.Later...) {
			verbs = append(verbs, step.Verb)
		}
		if got := fmt.Sprint(verbs); !strings.HasPrefix(got, "[Delete Create") || !strings.HasPrefix(plan.Steps[0].Summary, "replace sg-1, because AWS cannot change spec.description: ") {
			t.Errorf("%s: the calls are %s: %q", spec, got, plan.Steps[0].Summary)
		}
	}
}

// The resource that another one replaced is deleted only if AWS's tags name the object: the claim may be forged.
// An annotation that forbids calls keeps it.
func TestClean(t *testing.T) {
	its := func(o resource.Owner) []string { return []string{resource.TagOwner, o.Tag()} }
	for name, test := range map[string]struct {
		tags   func(resource.Owner) []string
		object resource.Object // with the annotations
		want   string
	}{
		"the object's":         {its, resource.Object{}, "Delete"},
		"released":             {func(resource.Owner) []string { return nil }, resource.Object{}, "gone"},
		"another's":            {func(resource.Owner) []string { return []string{resource.TagOwner, "i/c/ec2.VPC/n/other"} }, resource.Object{}, "gone"},
		"of a read-only one":   {its, resource.Object{ReadOnly: true}, "nothing: the object is read-only"},
		"of a plan-only one":   {its, resource.Object{PlanOnly: true}, "nothing: the object is plan-only"},
		"gone, of a read-only": {func(resource.Owner) []string { return nil }, resource.Object{ReadOnly: true}, "gone"},
	} {
		c := newCrew(t, 0, ec2.Kinds()...)
		in := observing("ec2.VPC", "vpc-2", `{"cidrBlocks":["10.1.0.0/16"]}`)
		in.Object.Claim.Replaced = &resource.Replaced{ID: "vpc-1"}
		in.Object.ReadOnly, in.Object.PlanOnly = test.object.ReadOnly, test.object.PlanOnly
		c.aws.says = vpcWithTags(test.tags(in.Object.Owner)...)
		value, err := c.env.ExecuteActivity("ec2.VPC/"+resource.VerbClean, in)
		if err != nil {
			t.Fatal(err)
		}
		var swept resource.Swept
		if err := value.Get(&swept); err != nil {
			t.Fatal(err)
		}
		got := "nothing"
		switch {
		case swept.Gone:
			got = "gone"
		case len(swept.Steps) > 0:
			got = swept.Steps[len(swept.Steps)-1].Verb
		case len(swept.Advice) > 0:
			got, _, _ = strings.Cut("nothing: "+swept.Advice[0], ",")
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q: %+v", name, got, test.want, swept)
		}
	}
}
