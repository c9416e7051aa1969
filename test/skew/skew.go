// Package skew runs activities under a Temporal clock that differs from this machine's.
package skew

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
)

// Run calls do in an activity. By Temporal's clock, it starts that much later than by this machine's.
func Run(t *testing.T, ahead time.Duration, do func(context.Context)) {
	t.Helper()
	env := (&testsuite.WorkflowTestSuite{}).NewTestActivityEnvironment()
	env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{&clock{by: ahead}}})
	run := func(ctx context.Context) error { do(ctx); return nil }
	env.RegisterActivity(run)
	if _, err := env.ExecuteActivity(run); err != nil {
		t.Fatal(err)
	}
}

type clock struct {
	interceptor.WorkerInterceptorBase
	by time.Duration
}

type inbound struct {
	interceptor.ActivityInboundInterceptorBase
	by time.Duration
}

type outbound struct {
	interceptor.ActivityOutboundInterceptorBase
	by time.Duration
}

// InterceptActivity puts the clock in front of every activity.
func (c *clock) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &inbound{interceptor.ActivityInboundInterceptorBase{Next: next}, c.by}
}

// Init puts the clock in front of what the activity asks.
func (i *inbound) Init(next interceptor.ActivityOutboundInterceptor) error {
	return i.Next.Init(&outbound{interceptor.ActivityOutboundInterceptorBase{Next: next}, i.by})
}

// GetInfo returns the facts of the activity, with its start by Temporal's clock.
func (o *outbound) GetInfo(ctx context.Context) activity.Info {
	info := o.Next.GetInfo(ctx)
	info.StartedTime = info.StartedTime.Add(o.by)
	return info
}
