package process

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.temporal.io/api/serviceerror"
)

// Await repeats a request to Temporal while its answer may change in a moment. The server may be
// starting, and a new installation may not have the namespace yet.
func Await(ctx context.Context, log *slog.Logger, health *Health, ask func(context.Context) error) error {
	return AwaitServer(ctx, log, health, "Temporal", isTransient, ask)
}

// AwaitServer repeats a request to a server while it fails with a transient error.
func AwaitServer(ctx context.Context, log *slog.Logger, health *Health, server string, transient func(error) bool, ask func(context.Context) error) error {
	for {
		err := ask(ctx)
		if err == nil || !transient(err) {
			return err
		}
		log.Warn("waiting for "+server, "error", err)
		health.Waiting("waiting for " + server + ": " + err.Error())
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return err
		}
	}
}

// isTransient reports whether Temporal may answer differently in a moment.
func isTransient(err error) bool {
	if _, ok := errors.AsType[*serviceerror.Unavailable](err); ok {
		return true
	}
	if _, ok := errors.AsType[*serviceerror.DeadlineExceeded](err); ok {
		return true
	}
	if _, ok := errors.AsType[*serviceerror.ResourceExhausted](err); ok {
		return true
	}
	_, ok := errors.AsType[*serviceerror.NamespaceNotFound](err)
	return ok
}
