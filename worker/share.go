package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/sdk/client"

	"github.com/tack-dev/tack/resource"
)

const (
	// countEvery is how often a worker counts the workers. A new worker takes its share of AWS's
	// rates at once, and the others leave it to it within that time.
	countEvery = 10 * time.Second
	// silent is how long after its last poll a worker counts. A poll lasts a minute, and Temporal
	// lists a poller for five minutes after a crash.
	silent = 90 * time.Second
)

// divider divides AWS's rates among workers.
type divider interface{ Divide(workers int) }

// joinShare counts this worker and those that poll already. It comes before the first poll.
func joinShare(ctx context.Context, log *slog.Logger, temporal client.Client, budgets divider) {
	if others, err := countWorkers(ctx, temporal); err != nil {
		log.Warn("this worker uses AWS's rates as if it were alone", "error", err)
	} else {
		budgets.Divide(others + 1)
	}
}

// keepShare counts the workers until ctx ends. Without an answer of Temporal, the last count holds.
func keepShare(ctx context.Context, log *slog.Logger, temporal client.Client, budgets divider) {
	ticker := time.NewTicker(countEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if workers, err := countWorkers(ctx, temporal); err != nil {
			log.Debug("the last number of workers holds", "error", err)
		} else {
			budgets.Divide(workers)
		}
	}
}

// countWorkers returns the number of workers of all versions that poll for AWS activities.
func countWorkers(ctx context.Context, temporal client.Client) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, countEvery)
	defer cancel()
	queue, err := temporal.DescribeTaskQueue(ctx, resource.QueueAWS, enumspb.TASK_QUEUE_TYPE_ACTIVITY)
	if err != nil {
		return 0, fmt.Errorf("counting the workers of the task queue %s: %w", resource.QueueAWS, err)
	}
	return polling(queue.GetPollers()), nil
}

// polling counts the processes that polled recently, by Temporal's clock.
func polling(pollers []*taskqueuepb.PollerInfo) int {
	var newest time.Time
	for _, p := range pollers {
		if at := p.GetLastAccessTime().AsTime(); at.After(newest) {
			newest = at
		}
	}
	workers := map[string]bool{}
	for _, p := range pollers {
		if newest.Sub(p.GetLastAccessTime().AsTime()) < silent {
			workers[p.GetIdentity()] = true
		}
	}
	return len(workers)
}
