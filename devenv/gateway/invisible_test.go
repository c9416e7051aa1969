package gateway

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// hide adds a rule that hides the account's new resources until its end.
func (a *account) hide(action string, by ...By) string {
	a.t.Helper()
	return must[string](a)(a.AddRule(a.ctx(), Rule{Action: Actions{action}, Account: a.id, Fault: FaultInvisible, By: by}))
}

func (a *account) endRule(id string) {
	a.t.Helper()
	if err := a.EndRule(a.ctx(), id); err != nil {
		a.t.Fatal(err)
	}
}

// views reports for each way to find a VPC tagged k=v whether it finds it.
func (a *account) views(vpc string) map[string]bool {
	a.t.Helper()
	byID := func(in *ec2.DescribeVpcsInput) bool {
		out, err := a.ec2.DescribeVpcs(a.ctx(), in)
		if err != nil {
			a.wantRefused("describing the VPC", err, http.StatusBadRequest, "InvalidVpcID.NotFound")
			return false
		}
		return slices.ContainsFunc(out.Vpcs, func(v types.Vpc) bool { return *v.VpcId == vpc })
	}
	found := must[*ec2.DescribeTagsOutput](a)(a.ec2.DescribeTags(a.ctx(), &ec2.DescribeTagsInput{Filters: filter("key", "k")}))
	_, err := a.ec2.ModifyVpcAttribute(a.ctx(), &ec2.ModifyVpcAttributeInput{VpcId: &vpc, EnableDnsSupport: &types.AttributeBooleanValue{Value: aws.Bool(true)}})
	if err != nil {
		a.wantRefused("modifying the VPC", err, http.StatusBadRequest, "InvalidVpcID.NotFound")
	}
	return map[string]bool{
		"by id":           byID(&ec2.DescribeVpcsInput{VpcIds: []string{vpc}}),
		"by id in filter": byID(&ec2.DescribeVpcsInput{Filters: filter("vpc-id", vpc)}),
		"by tag":          byID(&ec2.DescribeVpcsInput{Filters: filter("tag:k", "v")}),
		"in the list":     byID(&ec2.DescribeVpcsInput{}),
		"in tags":         len(found.Tags) == 1,
		"to a mutation":   err == nil,
	}
}

func TestNotVisibleYet(t *testing.T) {
	for _, c := range []struct {
		by     []By
		hidden []string
	}{
		{[]By{ByID}, []string{"by id", "by id in filter"}},
		{[]By{ByFilter}, []string{"by tag", "in the list"}},
		{[]By{ByTags}, []string{"in tags"}},
		{[]By{ByReference}, []string{"to a mutation"}},
		{nil, []string{"by id", "by id in filter", "by tag", "in the list", "in tags", "to a mutation"}},
	} {
		t.Run(strings.Join(asStrings(c.by), "+"), func(t *testing.T) {
			a := newAccount(t)
			rule := a.hide("CreateVpc", c.by...)
			vpc := *must[*ec2.CreateVpcOutput](a)(a.ec2.CreateVpc(a.ctx(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), TagSpecifications: tags("vpc", "k", "v")})).Vpc.VpcId
			for view, seen := range a.views(vpc) {
				if hidden := slices.Contains(c.hidden, view); seen == hidden {
					t.Errorf("seen %s: %t, want %t", view, seen, !hidden)
				}
			}
			a.endRule(rule)
			for view, seen := range a.views(vpc) {
				if !seen {
					t.Errorf("after the delay it isn't seen %s", view)
				}
			}
		})
	}
}

func asStrings(ways []By) (out []string) {
	for _, way := range ways {
		out = append(out, string(way))
	}
	return out
}

func TestOneDelayPerWay(t *testing.T) {
	a := newAccount(t)
	byID, byTag := a.hide("CreateSecurityGroup", ByID), a.hide("CreateSecurityGroup", ByFilter)
	vpc := a.vpc()
	group := a.group(vpc, "g")
	seen := func(filters []types.Filter) bool {
		return len(must[*ec2.DescribeSecurityGroupsOutput](a)(a.ec2.DescribeSecurityGroups(a.ctx(), &ec2.DescribeSecurityGroupsInput{Filters: filters})).SecurityGroups) == 1
	}
	rules := func() int {
		return len(must[*ec2.DescribeSecurityGroupRulesOutput](a)(a.ec2.DescribeSecurityGroupRules(a.ctx(), &ec2.DescribeSecurityGroupRulesInput{Filters: filter("group-id", group)})).SecurityGroupRules)
	}
	if seen(filter("group-id", group)) || seen(filter("tag:name", "g")) || rules() != 0 {
		t.Error("the new group is seen")
	}
	a.endRule(byID)
	if !seen(filter("group-id", group)) || seen(filter("tag:name", "g")) || rules() != 1 {
		t.Error("after one delay the group isn't seen by id alone")
	}
	a.endRule(byTag)
	if !seen(filter("tag:name", "g")) {
		t.Error("after both delays the group isn't seen by its tag")
	}
}

func TestDelayEndsByItself(t *testing.T) {
	a := newAccount(t)
	must[string](a)(a.AddRule(a.ctx(), Rule{Action: Actions{"CreateVpc"}, Fault: FaultInvisible, Milliseconds: 1}))
	vpc := a.vpc()
	a.soon("describing it", func() error {
		_, err := a.ec2.DescribeVpcs(a.ctx(), &ec2.DescribeVpcsInput{VpcIds: []string{vpc}})
		return err
	})
}

func TestFlapping(t *testing.T) {
	a := newAccount(t)
	must[string](a)(a.AddRule(a.ctx(), Rule{Action: Actions{"CreateVpc"}, Fault: FaultInvisible, By: []By{ByFilter}, Flapping: true}))
	vpc := a.vpc()
	var got []bool
	for range 4 {
		out := must[*ec2.DescribeVpcsOutput](a)(a.ec2.DescribeVpcs(a.ctx(), &ec2.DescribeVpcsInput{}))
		got = append(got, slices.ContainsFunc(out.Vpcs, func(v types.Vpc) bool { return *v.VpcId == vpc }))
	}
	if !slices.Equal(got, []bool{false, true, false, true}) {
		t.Errorf("seen: %v", got)
	}
}

// The worst case for a client that looks up the result of a lost answer.
func TestNotVisibleAfterALostResponse(t *testing.T) {
	a := newAccount(t)
	must[string](a)(a.AddRule(a.ctx(), Rule{Action: Actions{"CreateVpc"}, Fault: FaultLoseResponse, Times: 1}))
	rule := a.hide("CreateVpc", ByFilter)
	in := &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), TagSpecifications: tags("vpc", "k", "v")}
	if _, err := a.ec2.CreateVpc(a.ctx(), in); err == nil {
		t.Fatal("the answer wasn't lost")
	}
	found := func() int {
		return len(must[*ec2.DescribeVpcsOutput](a)(a.ec2.DescribeVpcs(a.ctx(), &ec2.DescribeVpcsInput{Filters: filter("tag:k", "v")})).Vpcs)
	}
	if n := found(); n != 0 {
		t.Errorf("found %d at once", n)
	}
	a.endRule(rule)
	if n := found(); n != 1 {
		t.Errorf("found %d in the end, want 1", n)
	}
}

func TestRulesOfInvisibleThatAreRefused(t *testing.T) {
	for name, rule := range map[string]Rule{
		"an unknown way":             {Fault: FaultInvisible, By: []By{"name"}},
		"a way of another fault":     {Fault: FaultStale, By: []By{ByID}},
		"flapping of another fault":  {Fault: FaultDelay, Flapping: true},
		"a delay that ends too soon": {Fault: FaultInvisible, Milliseconds: -1},
	} {
		if _, err := serveFake(t).AddRule(t.Context(), rule); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
