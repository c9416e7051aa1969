package ec2

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// numbered returns a spec with n rules, from 10.0.0.0/24 on.
func numbered(n int) (spec ec2v1alpha1.SecurityGroupSpec) {
	for i := range n {
		spec.IngressRules = append(spec.IngressRules, &ec2v1alpha1.IPPermission{
			IPProtocol: aws.String("tcp"), FromPort: aws.Int64(443), ToPort: aws.Int64(443),
			IPRanges: []*ec2v1alpha1.IPRange{{CIDRIP: aws.String(cidrOf(i))}},
		})
	}
	return spec
}

func cidrOf(i int) string { return fmt.Sprintf("10.%d.%d.0/24", i/256, i%256) }

// passOver does what a pass of the workflow does: it sends the planned steps, in rounds, and never
// repeats a refused one. It returns the number of calls.
func passOver(t *testing.T, want ec2v1alpha1.SecurityGroupSpec, refuse func([]string) *resource.Failure) (got *securityGroup, failures []resource.Failure, rounds, calls int) {
	t.Helper()
	return nextPass(t, want, gotGroup(nil, nil), refuse)
}

// nextPass is a pass over an existing group.
func nextPass(t *testing.T, want ec2v1alpha1.SecurityGroupSpec, got *securityGroup, refuse func([]string) *resource.Failure) (_ *securityGroup, failures []resource.Failure, rounds, calls int) {
	t.Helper()
	for rounds = 0; ; rounds++ {
		c := groupCase()
		c.Failures = failures
		var untried []resource.Step
		for _, step := range groupKind.Draft(want, got, c).Steps {
			if !slices.ContainsFunc(failures, func(f resource.Failure) bool { return f.Step.Same(step) }) {
				untried = append(untried, step)
			}
		}
		if len(untried) == 0 {
			return got, failures, rounds, calls
		}
		for _, step := range untried {
			calls++
			var in awsec2.AuthorizeSecurityGroupIngressInput
			if err := json.Unmarshal(step.Input, &in); err != nil {
				t.Fatal(err)
			}
			var cidrs []string
			for _, r := range in.IpPermissions[0].IpRanges {
				cidrs = append(cidrs, aws.ToString(r.CidrIp))
			}
			if f := refuse(cidrs); f != nil {
				f.Step = step
				failures = append(failures, *f)
				continue
			}
			got.IpPermissions = append(got.IpPermissions, fromCIDR(ports("tcp", 443, 443), cidrs...))
		}
	}
}

// One bad rule among n is found by 1 + log4(n) refused calls, whatever AWS's message, and all
// others are applied. Where AWS repeats the rule, two refused calls find it.
func TestOneBadRuleIsNamed(t *testing.T) {
	for _, test := range []struct {
		rules, bad, calls, refusals int
		names                       bool
	}{
		{1, 0, 1, 1, false}, {2, 1, 3, 2, false}, {8, 3, 7, 3, false}, {60, 59, 13, 4, false}, {60, 0, 13, 4, false},
		{60, 17, 3, 2, true}, {1000, 0, 21, 6, false}, {1000, 700, 21, 6, false}, {1000, 999, 21, 6, false}, {1000, 700, 3, 2, true},
	} {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			refuse := func(cidrs []string) *resource.Failure {
				if !slices.Contains(cidrs, cidrOf(test.bad)) {
					return nil
				}
				f := &resource.Failure{Code: "InvalidParameterValue", Class: resource.Invalid, Message: "The request is not valid"}
				if test.names {
					f.Message = "CIDR block " + cidrOf(test.bad) + " is malformed"
				}
				return f
			}
			got, failures, rounds, calls := passOver(t, numbered(test.rules), refuse)
			if n := len(got.rules()); n != test.rules-1 {
				t.Errorf("%d rules are applied, want %d", n, test.rules-1)
			}
			last := failures[len(failures)-1].Step
			if want := fmt.Sprintf("spec.ingressRules[%d].ipRanges[0]", test.bad); last.Path != want {
				t.Errorf("the refused rule is %q, want %q", last.Path, want)
			}
			if calls > test.calls || len(failures) > test.refusals || rounds > 7 {
				t.Errorf("%d calls, %d of them refused, in %d rounds, want %d and %d at most, in 7", calls, len(failures), rounds, test.calls, test.refusals)
			}
			// The next try starts with the missing rules, not with all of them.
			if _, failures, _, calls = nextPass(t, numbered(test.rules), got, refuse); calls != 1 || len(failures) != 1 || failures[0].Step.Path != last.Path {
				t.Errorf("the next try makes %d calls, want one, of the bad rule alone: %+v", calls, failures)
			}
		})
	}
}

// A few bad rules are found within the limit of one try, and the next try sends no others.
func TestAFewBadRules(t *testing.T) {
	bad := []string{cidrOf(3), cidrOf(500)}
	refuse := func(cidrs []string) *resource.Failure {
		if slices.ContainsFunc(bad, func(b string) bool { return slices.Contains(cidrs, b) }) {
			return &resource.Failure{Code: "InvalidGroup.NotFound", Class: resource.NotFound, Message: "no"}
		}
		return nil
	}
	got, failures, _, _ := passOver(t, numbered(1000), refuse)
	if len(failures) > maxRefusedBatches+1 || len(got.rules()) < 900 {
		t.Errorf("%d calls are refused, %d rules are applied", len(failures), len(got.rules()))
	}
	for try := 2; len(got.rules()) < 998; try++ {
		if got, failures, _, _ = nextPass(t, numbered(1000), got, refuse); try > 3 || len(failures) > maxRefusedBatches+1 {
			t.Fatalf("try %d: %d calls are refused, %d rules are applied", try, len(failures), len(got.rules()))
		}
	}
	if _, failures, _, calls := nextPass(t, numbered(1000), got, refuse); calls != 3 || len(failures) != 3 {
		t.Errorf("the last try makes %d calls, want one for both bad rules and one for each", calls)
	}
}

// refusing refuses each batch that holds one of n bad rules.
func refusing(n int, at func(int) int) func(cidrs []string) *resource.Failure {
	var bad []string
	for i := range n {
		bad = append(bad, cidrOf(at(i)))
	}
	return func(cidrs []string) *resource.Failure {
		if slices.ContainsFunc(bad, func(b string) bool { return slices.Contains(cidrs, b) }) {
			return &resource.Failure{Code: "InvalidParameterValue", Class: resource.Invalid, Message: "no"}
		}
		return nil
	}
}

// With several bad rules each try applies good ones, until the bad ones alone are left
// and each is named. Only then nothing is left to try.
func TestSeveralBadRulesOverTries(t *testing.T) {
	const rules = 1000
	for _, n := range []int{2, 4, 8, 16} {
		for name, at := range map[string]func(int) int{
			"spread": func(i int) int { return i * rules / n },
			"dense":  func(i int) int { return i },
			"apart":  func(i int) int { return (i%2)*(rules-n) + i/2 },
		} {
			refuse := refusing(n, at)
			got, try, most, finished := gotGroup(nil, nil), 0, 0, false
			for ; !finished && try < 40; try++ {
				before := len(got.rules())
				var failures []resource.Failure
				got, failures, _, _ = nextPass(t, numbered(rules), got, refuse)
				most = max(most, len(failures))
				c := groupCase()
				c.Failures = failures
				steps := groupKind.Draft(numbered(rules), got, c).Steps
				finished = !slices.ContainsFunc(steps, func(s resource.Step) bool { return s.Unfinished })
				if finished && (len(steps) != n || len(got.rules()) != rules-n) {
					t.Fatalf("%d %s: nothing is left to try; %d rules are applied, %d refused steps", n, name, len(got.rules()), len(steps))
				}
				if !finished && len(got.rules()) == before {
					t.Fatalf("%d %s: try %d applies nothing", n, name, try+1)
				}
			}
			t.Logf("%d %s: %d tries, at most %d refused calls in one", n, name, try, most)
			if !finished || try > 8 || most > 30 {
				t.Errorf("%d %s: finished %t after %d tries, with %d refused calls in one", n, name, finished, try, most)
			}
		}
	}
}

// A refusal that no smaller batch avoids ends the batch at once.
func TestARefusalOfTheWholeEndsTheBatch(t *testing.T) {
	for _, class := range []resource.Class{resource.Quota, resource.Denied, resource.Throttled, resource.Unclear, resource.Dependent, resource.Gated} {
		t.Run(string(class), func(t *testing.T) {
			_, failures, _, calls := passOver(t, numbered(941), func([]string) *resource.Failure { return &resource.Failure{Class: class} })
			if calls != 1 || len(failures) != 1 {
				t.Errorf("%d calls, want one", calls)
			}
		})
	}
}

// If AWS reports a quota on the way, the accepted rules remain. After that, only the parts of one
// batch are sent.
func TestAQuotaAmongTheParts(t *testing.T) {
	taken := 0
	got, _, _, calls := passOver(t, numbered(100), func(cidrs []string) *resource.Failure {
		switch {
		case slices.Contains(cidrs, cidrOf(99)):
			return &resource.Failure{Code: "InvalidParameterValue", Class: resource.Invalid}
		case taken+len(cidrs) > 60:
			return &resource.Failure{Code: "RulesPerSecurityGroupLimitExceeded", Class: resource.Quota}
		}
		taken += len(cidrs)
		return nil
	})
	if calls > 13 || len(got.rules()) < 50 {
		t.Errorf("%d calls, %d rules are applied", calls, len(got.rules()))
	}
}

// If AWS refuses all rules, the search ends.
func TestManyBadRules(t *testing.T) {
	_, failures, _, calls := passOver(t, numbered(200), func([]string) *resource.Failure {
		return &resource.Failure{Code: "InvalidParameterValue", Class: resource.Invalid}
	})
	if calls > 33 || len(failures) > 33 {
		t.Errorf("%d calls, %d refused, want 33 at most", calls, len(failures))
	}
}

// While AWS refuses a rule of one direction, the other continues and nothing is removed.
func TestNothingIsRemovedWhileARuleIsRefused(t *testing.T) {
	want := groupSpec(t, `{ingressRules: [{ipProtocol: tcp, fromPort: 80, toPort: 80, ipRanges: [{cidrIP: 10.0.0.0/8}], userIDGroupPairs: [{groupID: sg-9}]}],
		egressRules: [{ipProtocol: tcp, fromPort: 1, toPort: 1, ipRanges: [{cidrIP: 10.0.0.0/8}, {cidrIP: 11.0.0.0/8}]}]}`)
	got := gotGroup([]types.IpPermission{fromCIDR(ports("tcp", 443, 443), "10.0.0.0/8")}, nil)
	c := groupCase()
	batch := groupKind.Draft(want, got, c).Steps[0]
	c.Failures = []resource.Failure{{Step: batch, Class: resource.Invalid, Message: "no"}}
	if got := strings.Join(described(groupKind.Draft(want, got, c).Steps), "\n"); got != strings.Join([]string{
		"0 AuthorizeIngress: allow tcp 80 from 10.0.0.0/8 (spec.ingressRules[0].ipRanges[0])",
		"0 AuthorizeIngress: allow tcp 80 from sg-9 (spec.ingressRules[0].userIDGroupPairs[0])",
		"0 AuthorizeEgress: allow tcp 1 to 10.0.0.0/8, tcp 1 to 11.0.0.0/8 (spec.egressRules[0])",
	}, "\n") {
		t.Errorf("steps:\n%s", got)
	}
}
