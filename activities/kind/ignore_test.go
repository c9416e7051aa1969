package kind_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/resource"
)

// taggedVPC is what AWS says of a VPC with an owner, with a tag of the user, and with more tags.
func taggedVPC(owner resource.Owner, more ...string) map[string][]string {
	return vpcWithTags(append(more, resource.TagOwner, owner.Tag(), "team", "b")...)
}

// vpcWithTags is what AWS says of a VPC with these keys and values alone.
func vpcWithTags(pairs ...string) map[string][]string {
	var tags strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&tags, "<item><key>%s</key><value>%s</value></item>", pairs[i], pairs[i+1])
	}
	return map[string][]string{
		"DescribeVpcs":           {"<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId><state>available</state><cidrBlock>10.0.0.0/16</cidrBlock><tagSet>" + tags.String() + "</tagSet></item></vpcSet></DescribeVpcsResponse>"},
		"DescribeVpcAttribute":   {"<DescribeVpcAttributeResponse><enableNetworkAddressUsageMetrics><value>true</value></enableNetworkAddressUsageMetrics></DescribeVpcAttributeResponse>"},
		"DescribeSecurityGroups": {"<DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-1</groupId></item></securityGroupInfo></DescribeSecurityGroupsResponse>"},
	}
}

// Where the spec differs from AWS in an ignored field, nothing of the user's is planned. Until the
// create is complete, the whole spec counts. The owner tags always count.
func TestIgnoredFields(t *testing.T) {
	const spec = `{"cidrBlocks":["10.0.0.0/16"],"enableNetworkAddressUsageMetrics":false,"tags":[{"key":"team","value":"a"}]}`
	made := resource.Claim{UID: "u", ID: "vpc-1", Incarnation: 1, Request: "sum"}
	for name, test := range map[string]struct {
		ignored []string
		synced  string
		want    string // the verbs of the steps that concern a field
	}{
		"nothing":                {nil, "vpc-1", "spec.enableNetworkAddressUsageMetrics spec.tags"},
		"tags":                   {[]string{"spec.tags"}, "vpc-1", "spec.enableNetworkAddressUsageMetrics"},
		"both":                   {[]string{"spec.enableNetworkAddressUsageMetrics", "spec.tags"}, "vpc-1", ""},
		"both, before the first": {[]string{"spec.enableNetworkAddressUsageMetrics", "spec.tags"}, "", "spec.enableNetworkAddressUsageMetrics spec.tags"},
	} {
		c := newCrew(t, 0, ec2.Kinds()...)
		in := observing("ec2.VPC", "vpc-1", spec)
		claim := made
		in.Object.Claim, in.Object.Synced, in.Object.Ignored = &claim, test.synced, test.ignored
		c.aws.says = taggedVPC(in.Object.Owner)
		plan, err := c.observe(t, in)
		if err != nil {
			t.Fatal(err)
		}
		var paths []string
		ours := false
		for _, step := range plan.Steps {
			if step.Path != "" {
				paths = append(paths, step.Path)
			}
			ours = ours || strings.Contains(string(step.Input), resource.TagOwner[:strings.IndexByte(resource.TagOwner, '/')])
		}
		slices.Sort(paths)
		if got := strings.Join(slices.Compact(paths), " "); got != test.want || !ours {
			t.Errorf("%s: the steps concern %q, our tags %t; want %q\n%+v", name, got, ours, test.want, plan.Steps)
		}
		if told := slices.ContainsFunc(plan.Advice, func(a resource.Advice) bool { return a.Reason == resource.ReasonFieldsIgnored }); told != (test.ignored != nil) {
			t.Errorf("%s: the advice is %+v", name, plan.Advice)
		}
	}
}

// An adoption neither stops at an ignored field nor writes it into the spec, unless the spec needs it.
func TestAdoptionIgnoresFields(t *testing.T) {
	for name, test := range map[string]struct {
		spec, late string
		ignored    []string
	}{
		"tags that differ":  {`{"cidrBlocks":["10.0.0.0/16"],"tags":[{"key":"team","value":"a"}]}`, "enableNetworkAddressUsageMetrics", []string{"spec.tags"}},
		"tags left out":     {`{"cidrBlocks":["10.0.0.0/16"]}`, "enableNetworkAddressUsageMetrics", []string{"spec.tags"}},
		"late initialized":  {`{"cidrBlocks":["10.0.0.0/16"]}`, "tags", []string{"spec.enableNetworkAddressUsageMetrics"}},
		"a field it needs":  {`{}`, "cidrBlocks", []string{"spec.cidrBlocks", "spec.tags"}},
		"one that it lacks": {`{"cidrBlocks":["10.0.0.0/16"]}`, "tags", []string{"spec.instanceTenancy"}},
	} {
		c := newCrew(t, 0, ec2.Kinds()...)
		in := observing("ec2.VPC", "vpc-1", test.spec)
		in.Object.Claim, in.Object.Adoption, in.Object.Ignored = nil, &resource.Adoption{ID: "vpc-1"}, test.ignored
		c.aws.says = taggedVPC(in.Object.Owner, "services.k8s.aws/controller-version", "tack", "services.k8s.aws/namespace", "n", resource.TagUID, "u", resource.TagIncarnation, "1")
		plan, err := c.observe(t, in)
		if err != nil || plan.Problem != nil {
			t.Fatalf("%s: %+v, %v", name, plan.Problem, err)
		}
		if len(plan.Steps) > 0 {
			t.Errorf("%s: the adoption plans %+v", name, plan.Steps)
		}
		if !strings.Contains(string(plan.Late), `"`+test.late+`"`) {
			t.Errorf("%s: the spec gets %s, want %s", name, plan.Late, test.late)
		}
		for _, path := range test.ignored {
			if field := strings.TrimPrefix(path, "spec."); field != test.late && strings.Contains(string(plan.Late), `"`+field+`"`) {
				t.Errorf("%s: the spec gets %s", name, plan.Late)
			}
		}
	}
}

// A late-initialized field that others manage stays out of the spec.
func TestIgnoredFieldsStayOutOfTheSpec(t *testing.T) {
	c := newCrew(t, 0, ec2.Kinds()...)
	in := observing("ec2.VPC", "vpc-1", `{"cidrBlocks":["10.0.0.0/16"],"tags":[{"key":"team","value":"b"}]}`)
	c.aws.says = taggedVPC(in.Object.Owner)
	in.Object.Ignored = []string{"spec.enableNetworkAddressUsageMetrics"}
	if plan, err := c.observe(t, in); err != nil || plan.Late != nil {
		t.Errorf("the spec gets %s (%v)", plan.Late, err)
	}
}

// AWS is not asked for ignored user data.
func TestIgnoredSecretIsNotRead(t *testing.T) {
	for _, ignored := range [][]string{nil, {"spec.userData"}} {
		c := newCrew(t, 0, ec2.Kinds()...)
		in := observing("ec2.Instance", "i-1", `{"imageID":"ami-1","userData":"eA=="}`)
		in.Object.Ignored = ignored
		c.aws.says = map[string][]string{"DescribeInstances": {instances}, "DescribeInstanceAttribute": {`<DescribeInstanceAttributeResponse><userData><value>eQ==</value></userData></DescribeInstanceAttributeResponse>`}}
		plan, err := c.observe(t, in)
		if err != nil {
			t.Fatal(err)
		}
		if asked := slices.Contains(c.aws.asked, "DescribeInstanceAttribute"); asked != (ignored == nil) {
			t.Errorf("ignored %q: asked %t, plan %+v", ignored, asked, plan)
		}
	}
}

// A new resource waits for the references of ignored fields. A path that the kind does not have stops
// the object before AWS is asked.
func TestIgnoredFieldsOfANewResource(t *testing.T) {
	c := newCrew(t, 0, ec2.Kinds()...)
	in := observing("ec2.VPC", "vpc-1", `{"cidrBlocks":["10.0.0.0/16"]}`)
	c.aws.says = map[string][]string{"DescribeVpcs": {"<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>"}}
	in.Object.Unready = &resource.Wait{Reason: resource.ReasonReferencesNotReady, Message: "spec.vpcRef: VPC n/main is not there (yet)"}
	plan, err := c.observe(t, in)
	if err != nil || plan.Create != nil || plan.Wait == nil || *plan.Wait != *in.Object.Unready {
		t.Errorf("plan %+v, error %v; want the wait", plan, err)
	}
	c.aws.asked, in.Object.Ignored = nil, []string{"spec.cidrs"}
	plan, err = c.observe(t, in)
	want := "annotation services.k8s.aws/ignore-fields: spec.cidrs: there is no such field"
	if err != nil || plan.Problem == nil || plan.Problem.Message != want || plan.Problem.Reason != resource.ReasonIgnoreFields || len(c.aws.asked) > 0 {
		t.Errorf("plan %+v, error %v, asked %q; want %s", plan, err, c.aws.asked, want)
	}
}
