package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

// askTooEarly applies manifests before the role map names a role for AWS calls, and shows that they
// wait.
func (s *story) askTooEarly(ctx context.Context) error {
	missing, why := "RoleMapNotFound", "There is no role map yet"
	if _, exists, err := s.RoleMap(ctx); err != nil {
		return err
	} else if exists {
		missing, why = "RoleNotMapped", "The role map does not name these accounts yet"
	}
	for _, t := range []team{s.a, s.b} {
		if err := s.makeTeam(ctx, t); err != nil {
			return err
		}
		for _, file := range []string{"vpc.yaml", "policy.yaml"} {
			o, err := s.object(t, file)
			if err != nil {
				return err
			}
			if err := o.apply(ctx); err != nil {
				return err
			}
		}
	}
	s.out.say("Namespace %s is for AWS account %s, namespace %s for %s.", s.a.Namespace, s.a.Account, s.b.Namespace, s.b.Account)
	s.out.say("Each applies a VPC and a Policy (devenv/demo/manifests). %s: all %d wait.", why, len(s.objects))
	for _, o := range s.objects {
		text, err := s.awaitWaiting(ctx, o, missing)
		if err != nil {
			return err
		}
		if o.Kind.Kind == "VPC" {
			s.out.quote(o.Ref.String() + ": " + text)
		}
	}
	for _, t := range []team{s.a, s.b} {
		if err := s.wantNoCalls(ctx, t.Account, s.mark); err != nil {
			return err
		}
	}
	s.out.say("Their workflows are open and report the same reason. Tack made no AWS call for these accounts.")
	return nil
}

// makeTeam creates the namespace of a team.
func (s *story) makeTeam(ctx context.Context, t team) error {
	return s.MakeTeam(ctx, t, fields{label: strconv.Itoa(s.run)})
}

// awaitWaiting waits until an object and its workflow report that they wait for that reason, and
// returns the message.
func (s *story) awaitWaiting(ctx context.Context, o *object, reason string) (string, error) {
	said, err := o.awaitReason(ctx, reason)
	if err != nil {
		return "", err
	}
	if !strings.Contains(said, o.team.Account) {
		return "", fmt.Errorf("checking %s: its message does not name account %s: %s", o.Ref, o.team.Account, said)
	}
	ctx, cancel := context.WithTimeout(ctx, soon)
	defer cancel()
	for {
		// The object's message has an introduction before the reason; the workflow's message has
		// none.
		pending, err := s.Pending(ctx, o.Ref.WorkflowID(), resource.KubeAwait)
		if failure := pending.GetLastFailure().GetMessage(); err == nil && failure != "" && strings.HasSuffix(said, failure) {
			return said, nil
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("waiting for workflow %s to report why it waits, %q: %w", o.Ref.WorkflowID(), said, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// mapRoles writes the role map and shows that every object continues, each in its own account.
func (s *story) mapRoles(ctx context.Context) error {
	began := time.Now()
	if err := s.mapTeams(ctx); err != nil {
		return err
	}
	s.out.say("ConfigMap %s/%s now names a role for each account:", stack.SystemNamespace, corev1alpha1.ConfigMapRoleAccountMap)
	after := make(map[*object]time.Duration, len(s.objects))
	times := make([]time.Duration, len(s.objects))
	g, ctx2 := errgroup.WithContext(ctx)
	for i, o := range s.objects {
		g.Go(func() error {
			_, err := o.awaitSynced(ctx2)
			times[i] = time.Since(began)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, o := range s.objects {
		after[o] = times[i]
		if err := s.wantOneCreate(ctx, o); err != nil {
			return err
		}
	}
	var rows [][]string
	for _, o := range slices.SortedFunc(slices.Values(s.objects), func(x, y *object) int { return int(after[x] - after[y]) }) {
		rows = append(rows, []string{seconds(after[o]) + " later", o.Ref.String(), "is created, in account " + o.team.Account})
	}
	s.out.print(columns(rows))
	s.out.say("The journal of AWS calls confirms it: one accepted create for each, by the role of that account.")
	return nil
}
