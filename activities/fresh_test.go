package activities_test

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

// NotFound of what was made a moment ago is tried again in the activity, as AWS
// has done nothing. Of what is older, and to a removal that names nothing new, it
// is AWS's answer.
func TestNotFoundOfWhatIsNew(t *testing.T) {
	c := newCrew(t, 0, append(ec2.Kinds(), iam.Kinds()...)...)
	for name, test := range map[string]struct {
		activity, action, request string
		age                       time.Duration
		again                     bool
	}{
		"a create that names it":  {"ec2.Subnet/Create", "CreateSubnet", `{"VpcId":"v"}`, time.Second, true},
		"the first step after it": {"ec2.SecurityGroup/AuthorizeIngress", "AuthorizeSecurityGroupIngress", `{}`, time.Second, true},
		"of IAM":                  {"iam.Role/AttachPolicy", "AttachRolePolicy", `{"RoleName":"r","PolicyArn":"p"}`, time.Second, true},
		"made long ago":           {"ec2.Subnet/Create", "CreateSubnet", `{"VpcId":"v"}`, time.Hour, false},
		"a deletion":              {"ec2.VPC/Delete", "DeleteVpc", `{"VpcId":"v"}`, time.Second, false},
		"a revocation":            {"ec2.SecurityGroup/RevokeIngress", "RevokeSecurityGroupIngress", `{}`, time.Second, false},
		"a detachment":            {"iam.Role/DetachPolicy", "DetachRolePolicy", `{"RoleName":"r","PolicyArn":"p"}`, time.Second, false},
		"an untagging":            {"ec2.VPC/Untag", "DeleteTags", `{"Resources":["v"]}`, time.Second, false},
	} {
		c.aws.says = map[string][]string{test.action: {"!NoSuchEntity"}}
		_, err := c.env.ExecuteActivity(test.activity, resource.CallInput{
			Target: target(accountA), Request: json.RawMessage(test.request), Once: true,
			Fresh: []resource.Made{{ID: "vpc-0123456789abcdef0", Time: time.Now().Add(-test.age)}},
		})
		var failed *temporal.ApplicationError
		if !errors.As(err, &failed) || failed.NonRetryable() == test.again || failed.Type() != "NoSuchEntity" {
			t.Errorf("%s: %v, want NoSuchEntity, tried again: %t", name, err, test.again)
		}
	}
}

// skewed is a worker whose clock is ahead of Temporal's by so much: Temporal's
// times are as much behind its own.
type skewed struct {
	interceptor.WorkerInterceptorBase
	ahead time.Duration
}

func (s *skewed) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	in := &skewedInbound{ahead: s.ahead}
	in.Next = next
	return in
}

type skewedInbound struct {
	interceptor.ActivityInboundInterceptorBase
	ahead time.Duration
}

func (s *skewedInbound) Init(next interceptor.ActivityOutboundInterceptor) error {
	out := &skewedOutbound{ahead: s.ahead}
	out.Next = next
	return s.Next.Init(out)
}

type skewedOutbound struct {
	interceptor.ActivityOutboundInterceptorBase
	ahead time.Duration
}

func (s *skewedOutbound) GetInfo(ctx context.Context) activity.Info {
	info := s.Next.GetInfo(ctx)
	info.StartedTime = info.StartedTime.Add(-s.ahead)
	info.ScheduledTime = info.ScheduledTime.Add(-s.ahead)
	return info
}

// Windows compare Temporal's times with each other: a worker whose clock is wrong
// by minutes neither ends one too early nor too late.
func TestWindowsOnAWorkerWithAnotherClock(t *testing.T) {
	for _, ahead := range []time.Duration{-2 * time.Minute, 0, 2 * time.Minute} {
		t.Run(ahead.String(), func(t *testing.T) {
			c := newCrew(t, 0, append(ec2.Kinds(), iam.Kinds()...)...)
			c.env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{&skewed{ahead: ahead}}})
			before := func(age time.Duration) time.Time { return time.Now().Add(-ahead - age) } // by Temporal's clock
			c.aws.says = map[string][]string{
				"DescribeVpcs": {`<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>`}, "CreateSubnet": {"!InvalidVpcID.NotFound"},
			}
			const spec = `{"cidrBlocks":["10.0.0.0/16"]}`
			for age, waits := range map[time.Duration]bool{time.Second: true, 110 * time.Second: true, 130 * time.Second: false} {
				in := observing("ec2.VPC", "vpc-1", spec)
				in.Object.Claim.Time = before(age)
				plan, err := c.observe(t, in)
				if err != nil || (plan.Wait != nil) != waits || (plan.Create == nil) != waits {
					t.Errorf("recorded %s ago and not shown: plan %+v, error %v; want it to wait: %t", age, plan, err, waits)
				}
				_, err = c.env.ExecuteActivity("ec2.Subnet/Create", resource.CallInput{Target: target(accountA), Request: json.RawMessage(`{"VpcId":"v"}`),
					Fresh: []resource.Made{{ID: "vpc-1", Time: before(age)}}})
				var failed *temporal.ApplicationError
				if !errors.As(err, &failed) || failed.NonRetryable() == waits {
					t.Errorf("a reference made %s ago and not shown: %v, want it tried again: %t", age, err, waits)
				}
			}
			for age, waits := range map[time.Duration]bool{time.Second: true, 50 * time.Second: true, 70 * time.Second: false} {
				in := observing("ec2.VPC", "", spec)
				in.Object.Claim.ID, in.Since = "", before(age)
				_, err := c.env.ExecuteActivity("ec2.VPC/Find", in)
				if waits != (err != nil && strings.Contains(err.Error(), "NotFoundYet")) {
					t.Errorf("looked for since %s: %v, want it to go on: %t", age, err, waits)
				}
			}
			for age, again := range map[time.Duration]bool{14 * time.Minute: true, 16 * time.Minute: false} {
				in := observing("ec2.VPC", "vpc-1", spec)
				in.Object.Claim.Lost = before(age)
				value, err := c.env.ExecuteActivity("ec2.VPC/Sweep", in)
				var swept resource.Swept
				if err != nil || value.Get(&swept) != nil || (swept.Again != nil) != again {
					t.Errorf("a request lost %s ago: %+v, %v; want another sweep: %t", age, swept, err, again)
				}
			}
		})
	}
}
