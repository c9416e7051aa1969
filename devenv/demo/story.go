package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
)

// soon limits an operation that takes a second or two on an idle machine.
const soon = 60 * time.Second

// story is the environment and the demo's knowledge of it so far.
type story struct {
	*scenario.World
	out *page

	run  int // counts the demos of this environment, from 1
	a, b team
	// mark is the number of the last AWS call before the story.
	mark    int64
	objects []*object // in the order of the table

	// State that the demo must clean up.
	hold   string      // a rule of the gateway
	killed *stack.Part // a worker
}

type team = scenario.Team

// chapter is a titled part of a story.
type chapter struct {
	title string
	tell  func(context.Context) error
}

// tellAll tells a story, chapter by chapter, and repairs at the end what it broke.
func (s *story) tellAll(ctx context.Context, chapters ...chapter) (err error) {
	defer func() {
		if repairErr := s.repair(); err == nil {
			err = repairErr
		}
	}()
	if err := s.begin(ctx); err != nil {
		return fmt.Errorf("removing the previous demo: %w", err)
	}
	for n, c := range chapters {
		s.out.heading(fmt.Sprintf("%d  %s", n+1, c.title))
		if err := c.tell(ctx); err != nil {
			if ctx.Err() != nil {
				return fmt.Errorf("interrupted in chapter %d: %w", n+1, ctx.Err())
			}
			return fmt.Errorf("checking chapter %d, %q: %w", n+1, c.title, err)
		}
	}
	return nil
}

// repair undoes the story's damage, also after an interruption.
func (s *story) repair() error {
	// The story's own context may be over here.
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	return errors.Join(s.letGo(ctx), s.revive(ctx))
}

// letGo removes the rule that holds a call.
func (s *story) letGo(ctx context.Context) error {
	if s.hold == "" {
		return nil
	}
	if err := s.AWS.DeleteRule(ctx, s.hold); err != nil {
		return fmt.Errorf("ending the hold: %w", err)
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

// mapTeams adds the accounts of both teams to the role map, beside the existing entries.
func (s *story) mapTeams(ctx context.Context) error {
	return s.MapRoles(ctx, fields{s.a.Account: scenario.RoleIn(s.a.Account), s.b.Account: scenario.RoleIn(s.b.Account)})
}

// wantNoCalls checks that AWS received no call for an account since a mark.
func (s *story) wantNoCalls(ctx context.Context, account string, since int64) error {
	entries, err := s.AWS.Journal(ctx, gateway.Query{Account: account, Since: since})
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("checking account %s: AWS received %d calls, the first one %s", account, len(entries), entries[0].Action)
	}
	return nil
}

// wantOneCreate checks that AWS accepted exactly one create for an object of this story, in its
// team's account and by its team's role. An earlier object may have used the name.
func (s *story) wantOneCreate(ctx context.Context, o *object) error {
	e, err := s.CheckOneCreate(ctx, o.Ref, o.id, s.mark)
	if err != nil {
		return err
	}
	if e.Account != o.team.Account || e.Principal != scenario.RoleIn(o.team.Account) {
		return fmt.Errorf("checking %s: created in account %s by %s, want account %s", o.Ref, e.Account, e.Principal, o.team.Account)
	}
	return nil
}
