package kind_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"

	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/activities/iam"
	"github.com/tack-dev/tack/resource"
)

// NotFound of a resource that is new is retried in the activity, because AWS did nothing. For an
// older resource it is AWS's final answer, as it is for a removal that names nothing new.
func TestNotFoundOfWhatIsNew(t *testing.T) {
	c := newCrew(t, 0, append(ec2.Kinds(), iam.Kinds()...)...)
	for name, test := range map[string]struct {
		activity, action, request string
		fresh                     int // how many
		again                     bool
	}{
		"a create that names it":  {"ec2.Subnet/Create", "CreateSubnet", `{"VpcId":"v"}`, 1, true},
		"the first step after it": {"ec2.SecurityGroup/AuthorizeIngress", "AuthorizeSecurityGroupIngress", `{}`, 1, true},
		"of IAM":                  {"iam.Role/AttachPolicy", "AttachRolePolicy", `{"RoleName":"r","PolicyArn":"p"}`, 1, true},
		"nothing new is named":    {"ec2.Subnet/Create", "CreateSubnet", `{"VpcId":"v"}`, 0, false},
		"a deletion":              {"ec2.VPC/Delete", "DeleteVpc", `{"VpcId":"v"}`, 1, false},
		"a revocation":            {"ec2.SecurityGroup/RevokeIngress", "RevokeSecurityGroupIngress", `{}`, 1, false},
		"a detachment":            {"iam.Role/DetachPolicy", "DetachRolePolicy", `{"RoleName":"r","PolicyArn":"p"}`, 1, false},
		"an untagging":            {"ec2.VPC/Untag", "DeleteTags", `{"Resources":["v"]}`, 1, false},
	} {
		c.aws.says = map[string][]string{test.action: {"!NoSuchEntity"}}
		_, err := c.env.ExecuteActivity(test.activity, resource.CallInput{
			Target: target(accountA), Request: json.RawMessage(test.request), Once: true,
			Fresh: []resource.Made{{ID: "vpc-0123456789abcdef0"}}[:test.fresh],
		})
		var failed *temporal.ApplicationError
		if !errors.As(err, &failed) || failed.NonRetryable() == test.again || failed.Type() != "NoSuchEntity" {
			t.Errorf("%s: %v, want NoSuchEntity, tried again: %t", name, err, test.again)
		}
	}
}

// A refusal may name something that is not new, although the request also names something new.
// The request is sent three times if that may still appear, and once otherwise.
func TestARefusalThatNamesAnother(t *testing.T) {
	c := newCrew(t, 0, append(ec2.Kinds(), iam.Kinds()...)...)
	clock := &skewed{}
	c.env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{clock}})
	for name, test := range map[string]struct {
		activity, action, request, says string
		attempts                        int32
	}{
		"a principal":          {"iam.Role/UpdateTrustPolicy", "UpdateAssumeRolePolicy", `{"RoleName":"r","PolicyDocument":"{}"}`, `MalformedPolicyDocument: Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/ci"`, 3},
		"a policy":             {"iam.Role/AttachPolicy", "AttachRolePolicy", `{"RoleName":"r","PolicyArn":"p"}`, "NoSuchEntity: Policy arn:aws:iam::aws:policy/Typo does not exist or is not attachable", 1},
		"a key pair":           {"ec2.Instance/Create", "RunInstances", `{"MaxCount":1,"MinCount":1}`, "InvalidKeyPair.NotFound: The key pair 'typo' does not exist", 1},
		"an instance profile":  {"ec2.Instance/Create", "RunInstances", `{"MaxCount":1,"MinCount":1}`, "InvalidParameterValue: Value (typo) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name", 3},
		"another role by name": {"iam.InstanceProfile/AddRole", "AddRoleToInstanceProfile", `{"RoleName":"r","InstanceProfileName":"p"}`, "NoSuchEntity: The role with name typo cannot be found.", 1},
	} {
		t.Run(name, func(t *testing.T) {
			c.aws.says = map[string][]string{test.action: {"!" + test.says}}
			sent, again := int32(0), true
			for ; again && sent < 20; sent++ {
				clock.tried = sent
				_, err := c.env.ExecuteActivity(test.activity, resource.CallInput{
					Target: target(accountA), Request: json.RawMessage(test.request), Fresh: []resource.Made{{ID: "arn:aws:iam::111122223333:role/r"}},
				})
				failed, ok := errors.AsType[*temporal.ApplicationError](err)
				if code, _, _ := strings.Cut(test.says, ":"); !ok || failed.Type() != code {
					t.Fatalf("it ended with %v", err)
				}
				again = !failed.NonRetryable()
			}
			if sent != test.attempts {
				t.Errorf("it is sent %d times, want %d", sent, test.attempts)
			}
		})
	}
}

// skewed is a worker whose clock is ahead of Temporal's by that much: Temporal's times are behind
// its own.
type skewed struct {
	interceptor.WorkerInterceptorBase
	ahead time.Duration
	since time.Duration // the time since the activity was scheduled
	tried int32         // the number of attempts before
}

func (s *skewed) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	in := &skewedInbound{by: s}
	in.Next = next
	return in
}

type skewedInbound struct {
	interceptor.ActivityInboundInterceptorBase
	by *skewed
}

func (s *skewedInbound) Init(next interceptor.ActivityOutboundInterceptor) error {
	out := &skewedOutbound{by: s.by}
	out.Next = next
	return s.Next.Init(out)
}

type skewedOutbound struct {
	interceptor.ActivityOutboundInterceptorBase
	by *skewed
}

func (s *skewedOutbound) GetInfo(ctx context.Context) activity.Info {
	info := s.Next.GetInfo(ctx)
	info.StartedTime = info.StartedTime.Add(-s.by.ahead)
	info.ScheduledTime = info.StartedTime.Add(-s.by.since)
	info.Attempt += s.by.tried
	return info
}

// Windows compare Temporal's times with each other: a worker whose clock is wrong by minutes ends
// no window too early or too late.
func TestWindowsOnAWorkerWithAnotherClock(t *testing.T) {
	for _, ahead := range []time.Duration{-2 * time.Minute, 0, 2 * time.Minute} {
		t.Run(ahead.String(), func(t *testing.T) {
			c := newCrew(t, 0, append(ec2.Kinds(), iam.Kinds()...)...)
			clock := &skewed{ahead: ahead}
			c.env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{clock}})
			before := func(age time.Duration) time.Time { return time.Now().Add(-ahead - age) } // by Temporal's clock
			c.aws.says = map[string][]string{
				"DescribeVpcs": {`<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>`}, "CreateSubnet": {"!InvalidVpcID.NotFound: The vpc ID 'vpc-0123456789abcdef0' does not exist"},
			}
			wantVisibleWindow(t, c, clock, before)
			wantLookUpWindow(t, c, before)
			wantSweepWindow(t, c, before)
		})
	}
}

const windowSpec = `{"cidrBlocks":["10.0.0.0/16"]}`

func wantVisibleWindow(t *testing.T, c *crew, clock *skewed, before func(time.Duration) time.Time) {
	t.Helper()
	for age, waits := range map[time.Duration]bool{time.Second: true, 110 * time.Second: true, 130 * time.Second: false} {
		in := observing("ec2.VPC", "vpc-1", windowSpec)
		in.Object.Claim.Time = before(age)
		plan, err := c.observe(t, in)
		if err != nil || (plan.Wait != nil) != waits || (plan.Create == nil) != waits {
			t.Errorf("recorded %s ago and not shown: plan %+v, error %v; want it to wait: %t", age, plan, err, waits)
		}
		clock.since = age
		_, err = c.env.ExecuteActivity("ec2.Subnet/Create", resource.CallInput{Target: target(accountA), Request: json.RawMessage(`{"VpcId":"v"}`),
			Fresh: []resource.Made{{ID: "vpc-0123456789abcdef0"}}})
		clock.since = 0
		var failed *temporal.ApplicationError
		if !errors.As(err, &failed) || failed.NonRetryable() == waits {
			t.Errorf("a reference that is not shown %s after the call was scheduled: %v, want it tried again: %t", age, err, waits)
		}
	}
}

func wantLookUpWindow(t *testing.T, c *crew, before func(time.Duration) time.Time) {
	t.Helper()
	for age, waits := range map[time.Duration]bool{time.Second: true, 50 * time.Second: true, 70 * time.Second: false} {
		in := observing("ec2.VPC", "", windowSpec)
		in.Object.Claim.ID, in.Since = "", before(age)
		_, err := c.env.ExecuteActivity("ec2.VPC/Find", in)
		if waits != (err != nil && strings.Contains(err.Error(), "NotFoundYet")) {
			t.Errorf("looked for since %s: %v, want it to go on: %t", age, err, waits)
		}
	}
}

func wantSweepWindow(t *testing.T, c *crew, before func(time.Duration) time.Time) {
	t.Helper()
	for age, again := range map[time.Duration]bool{14 * time.Minute: true, 16 * time.Minute: false} {
		in := observing("ec2.VPC", "vpc-1", windowSpec)
		in.Object.Claim.Lost = before(age)
		value, err := c.env.ExecuteActivity("ec2.VPC/Sweep", in)
		var swept resource.Swept
		if err != nil || value.Get(&swept) != nil || (swept.Again != nil) != again {
			t.Errorf("a request lost %s ago: %+v, %v; want another sweep: %t", age, swept, err, again)
		}
	}
}
