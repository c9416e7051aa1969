package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tack-dev/tack/resource"
)

// Each process counts once, of any version. One that no longer polls does not count, although
// Temporal still lists it.
func TestWorkersThatPoll(t *testing.T) {
	now := time.Now().Add(time.Hour) // Temporal's clock
	poller := func(identity string, ago time.Duration) *taskqueuepb.PollerInfo {
		return &taskqueuepb.PollerInfo{Identity: identity, LastAccessTime: timestamppb.New(now.Add(-ago))}
	}
	for name, test := range map[string]struct {
		pollers []*taskqueuepb.PollerInfo
		want    int
	}{
		"none":        {nil, 0},
		"two":         {[]*taskqueuepb.PollerInfo{poller("worker 1@a", 0), poller("worker 1@b", time.Minute)}, 2},
		"in versions": {[]*taskqueuepb.PollerInfo{poller("worker 1@a", 0), poller("worker 1@a", 0)}, 1},
		"one is gone": {[]*taskqueuepb.PollerInfo{poller("worker 1@a", 0), poller("worker 1@b", 2*time.Minute)}, 1},
	} {
		if got := polling(test.pollers); got != test.want {
			t.Errorf("%s: %d workers, want %d", name, got, test.want)
		}
	}
}

// queues is a Temporal whose queue of AWS activities has a number of workers; none is an error.
type queues struct {
	client.Client
	mu      sync.Mutex
	workers []string
}

func (q *queues) set(workers ...string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.workers = workers
}

func (q *queues) DescribeTaskQueue(_ context.Context, queue string, kind enumspb.TaskQueueType) (*workflowservice.DescribeTaskQueueResponse, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if queue != resource.QueueAWS || kind != enumspb.TASK_QUEUE_TYPE_ACTIVITY || q.workers == nil {
		return nil, errors.New("no such queue")
	}
	out := &workflowservice.DescribeTaskQueueResponse{}
	for _, w := range q.workers {
		out.Pollers = append(out.Pollers, &taskqueuepb.PollerInfo{Identity: w, LastAccessTime: timestamppb.Now()})
	}
	return out, nil
}

// shares records the numbers of workers.
type shares struct {
	mu  sync.Mutex
	got []int
}

func (s *shares) Divide(workers int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, workers)
}

// A new worker counts itself before it polls. Later it counts those that poll, and an error changes nothing.
func TestCountingTheWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		temporal, budgets, log := &queues{}, &shares{}, slog.New(slog.DiscardHandler)
		joinShare(ctx, log, temporal, budgets)
		temporal.set("worker 1@b")
		joinShare(ctx, log, temporal, budgets)
		go keepShare(ctx, log, temporal, budgets)
		for _, workers := range [][]string{{"worker 1@a", "worker 1@b", "worker 1@c"}, nil, {"worker 1@a"}} {
			temporal.set(workers...)
			time.Sleep(countEvery)
			synctest.Wait()
		}
		cancel()
		synctest.Wait()
		if want := []int{2, 3, 1}; !slices.Equal(budgets.got, want) {
			t.Errorf("the rates were divided by %v, want %v", budgets.got, want)
		}
	})
}
