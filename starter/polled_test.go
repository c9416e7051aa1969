package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	deploymentpb "go.temporal.io/api/deployment/v1"
	"go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// The pollers of a version count as live by Temporal's time, whatever the clock of this computer
// shows.
func TestPollersGoByTemporalsClock(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"in time": 0, "Temporal is behind": -2 * time.Minute, "Temporal is ahead": 2 * time.Minute} {
		poller := func(deployment, build string, ago time.Duration) *taskqueue.PollerInfo {
			return &taskqueue.PollerInfo{
				LastAccessTime:    timestamppb.New(time.Now().Add(ahead - ago)),
				DeploymentOptions: &deploymentpb.WorkerDeploymentOptions{DeploymentName: deployment, BuildId: build},
			}
		}
		got := deployment{name: "tack"}.polled([]*taskqueue.PollerInfo{
			poller("tack", "gone", 4*time.Minute), poller("tack", "live", time.Minute), poller("other", "another's", 0),
		})
		if diff := cmp.Diff(map[string]bool{"live": true}, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
