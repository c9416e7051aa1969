package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"go.temporal.io/sdk/client"
	temporallog "go.temporal.io/sdk/log"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

// Arguments of the bridge in the local environment.
const cluster, install = "dev", "dev"

// soon limits an operation that takes a second or two on an idle machine.
const soon = 60 * time.Second

// story is the environment and the demo's knowledge of it so far.
type story struct {
	*stack.Stack
	kube     dynamic.Interface
	temporal client.Client
	aws      *gateway.Client
	out      *page

	run  int // counts the demos of this environment, from 1
	a, b team
	// mark is the number of the last AWS call before the story.
	mark    int64
	objects []*object // in the order of the table

	// State that the demo must clean up.
	hold   string      // a rule of the gateway
	killed *stack.Part // a worker
}

// team is a namespace and the AWS account that its resources belong to.
type team struct{ namespace, account string }

func roleIn(account string) string { return "arn:aws:iam::" + account + ":role/tack" }

func connect(ctx context.Context, env *stack.Stack, out *page) (*story, error) {
	config, err := clientcmd.BuildConfigFromFlags("", env.Kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", env.Kubeconfig, err)
	}
	config.QPS = -1 // the demo must not measure its own throttling
	kube, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("creating a client from %s: %w", env.Kubeconfig, err)
	}
	temporal, err := client.DialContext(ctx, client.Options{
		HostPort: env.TemporalAddress, Namespace: stack.TemporalNamespace,
		Logger: temporallog.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))),
	})
	if err != nil {
		return nil, fmt.Errorf("connecting to Temporal at %s: %w", env.TemporalAddress, err)
	}
	return &story{Stack: env, kube: kube, temporal: temporal, aws: gateway.NewClient(env.GatewayURL), out: out}, nil
}

// repair undoes the story's damage, also after an interruption.
func (s *story) repair() error {
	// The story's own context may have ended by now.
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	return errors.Join(s.letGo(ctx), s.revive(ctx))
}

// letGo removes the rule that holds a call.
func (s *story) letGo(ctx context.Context) error {
	if s.hold == "" {
		return nil
	}
	if err := s.aws.DeleteRule(ctx, s.hold); err != nil {
		return fmt.Errorf("releasing the held call: %w", err)
	}
	s.hold = ""
	return nil
}

// revive restarts the killed worker.
func (s *story) revive(ctx context.Context) error {
	if s.killed == nil || s.killed.PID() != 0 {
		return nil
	}
	return s.killed.Start(ctx)
}

// wantNoCalls checks that AWS received no call for an account since a mark.
func (s *story) wantNoCalls(ctx context.Context, account string, since int64) error {
	entries, err := s.aws.Journal(ctx, gateway.Query{Account: account, Since: since})
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("checking account %s: AWS received %d calls, the first one %s", account, len(entries), entries[0].Action)
	}
	return nil
}

// wantOneCreate checks that AWS accepted exactly one create for an object, in its team's account
// and by its team's role. The new resource must have the id in the object.
func (s *story) wantOneCreate(ctx context.Context, o *object) error {
	entries, err := s.creates(ctx, o)
	if err != nil {
		return err
	}
	if len(entries) != 1 {
		return fmt.Errorf("checking %s: AWS accepted %d creates, want 1", o.ref, len(entries))
	}
	e := entries[0]
	if len(e.Created) != 1 || e.Created[0] != o.id {
		return fmt.Errorf("checking %s: AWS created %q, the object has %q", o.ref, e.Created, o.id)
	}
	if e.Account != o.team.account || e.Principal != roleIn(o.team.account) {
		return fmt.Errorf("checking %s: created in account %s by %s, want account %s", o.ref, e.Account, e.Principal, o.team.account)
	}
	return nil
}

// creates returns the creates that AWS accepted for an object of this story: an earlier object may
// have used the name.
func (s *story) creates(ctx context.Context, o *object) ([]gateway.Entry, error) {
	entries, err := s.aws.Creates(ctx, resource.Owner{Install: install, Ref: o.ref}.Tag())
	if err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	return slices.DeleteFunc(entries, func(e gateway.Entry) bool { return e.Seq <= s.mark }), nil
}
