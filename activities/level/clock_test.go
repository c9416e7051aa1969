package level

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
)

// skew moves Temporal's times ahead of this machine's.
type skew struct {
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

func (b *skew) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &inbound{interceptor.ActivityInboundInterceptorBase{Next: next}, b.by}
}

func (i *inbound) Init(next interceptor.ActivityOutboundInterceptor) error {
	return i.Next.Init(&outbound{interceptor.ActivityOutboundInterceptorBase{Next: next}, i.by})
}

func (o *outbound) GetInfo(ctx context.Context) activity.Info {
	info := o.Next.GetInfo(ctx)
	info.StartedTime = info.StartedTime.Add(o.by)
	return info
}

// A bridge with a wrong clock uses Temporal's time, once it has carried out an activity.
func TestClock(t *testing.T) {
	for _, by := range []time.Duration{-2 * time.Minute, 0, 2 * time.Minute} {
		clock := &Clock{}
		env := (&testsuite.WorkflowTestSuite{}).NewTestActivityEnvironment()
		env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{&skew{by: by}}})
		learn := func(ctx context.Context) error { clock.Learn(ctx); return nil }
		env.RegisterActivity(learn)
		if _, err := env.ExecuteActivity(learn); err != nil {
			t.Fatal(err)
		}
		if off := clock.Now().Sub(time.Now().Add(by)).Abs(); off > 10*time.Second {
			t.Errorf("Temporal's clock is %s later than ours: ours is off by %s", by, off)
		}
	}
	if (*Clock)(nil).Now().IsZero() {
		t.Error("without a clock it is this machine's")
	}
}
