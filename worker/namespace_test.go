package main

import (
	"context"
	"log/slog"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/tack-dev/tack/internal/process"
)

// young is a server without the worker's namespace at first.
type young struct {
	client.Client
	asked int
}

func (y *young) DescribeTaskQueue(context.Context, string, enumspb.TaskQueueType) (*workflowservice.DescribeTaskQueueResponse, error) {
	y.asked++
	if y.asked < 2 {
		return nil, serviceerror.NewNamespaceNotFound("tack")
	}
	return &workflowservice.DescribeTaskQueueResponse{}, nil
}

// A worker waits for its Temporal namespace, as the bridge does.
func TestTheNamespaceIsAwaited(t *testing.T) {
	var health process.Health
	server := &young{}
	if err := awaitNamespace(t.Context(), slog.New(slog.DiscardHandler), &health, server); err != nil || server.asked != 2 {
		t.Errorf("after %d requests: %v", server.asked, err)
	}
}
