package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tack-dev/tack/devenv/scenario"
)

// tellHub shows how the hub and the spoke of config/samples/hub are created and deleted.
func (s *story) tellHub(ctx context.Context) error {
	began := time.Now()
	err := s.tellAll(ctx,
		chapter{"A hub and a spoke in two accounts, applied at once in a shuffled order", s.makeHub},
		chapter{"Both namespaces are deleted at once", s.deleteHub},
	)
	if err != nil {
		return err
	}
	s.out.heading(fmt.Sprintf("Finished in %s, all of it checked", took(began)))
	s.out.say("The Web UI still shows every run, every step and every wait: %s. `make down` stops everything.", s.TemporalUI)
	return nil
}

// makeHub applies the hub and the spoke, and checks every object by the journal.
func (s *story) makeHub(ctx context.Context) error {
	h, err := scenario.ReadHub(s.a, s.b)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(uint64(s.run), 0)) //nolint:gosec // a repeatable order, not a secret
	random.Shuffle(len(h.Documents), func(i, j int) { h.Documents[i], h.Documents[j] = h.Documents[j], h.Documents[i] })
	if err = s.MapHub(ctx, h); err != nil {
		return err
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	var seen []*sightings
	for _, t := range []team{s.a, s.b} {
		if err = s.makeTeam(ctx, t); err != nil {
			return err
		}
		of, watchErr := s.watch(watching, t)
		if watchErr != nil {
			return watchErr
		}
		seen = append(seen, of)
	}
	if err = s.applyHub(ctx, h); err != nil {
		return err
	}
	for i, t := range []team{s.a, s.b} {
		s.out.say("Namespace %s, account %s:", t.Namespace, t.Account)
		s.out.print(seen[i].table())
	}
	return s.tellIDs(ctx, h)
}

// applyHub applies the objects, waits until they are synced, and checks that each was created once.
func (s *story) applyHub(ctx context.Context, h *scenario.Hub) error {
	applying, cancel := context.WithTimeout(ctx, 2*soon)
	defer cancel()
	objects, err := s.ApplyHub(applying, h, label, map[string]string{label: strconv.Itoa(s.run)})
	if err != nil {
		return err
	}
	s.out.say("The %d objects of config/samples/hub are applied to the namespaces %s and %s.", len(objects), s.a.Namespace, s.b.Namespace)
	for _, o := range objects {
		made := &object{Object: o, team: s.a}
		if o.Ref.Namespace == s.b.Namespace {
			made.team = s.b
		}
		if _, err := made.awaitSynced(ctx); err != nil {
			return err
		}
		if err := s.wantOneCreate(ctx, made); err != nil {
			return err
		}
		s.objects = append(s.objects, made)
	}
	return nil
}

// tellIDs shows the exported ids.
func (s *story) tellIDs(ctx context.Context, h *scenario.Hub) error {
	ids, err := s.HubIDs(ctx, h)
	if err != nil {
		return err
	}
	s.out.say("The journal of AWS calls confirms it: each resource was created once, in its account. The account of the hub accepted the attachment of the spoke, and that of the spoke the peering.")
	s.out.say("FieldExports wrote the ids into ConfigMap ids: VPC %s, prefix list %s, transit gateway %s.", ids["hub-vpc"], ids["branches"], ids["transit-gateway"])
	return nil
}

// deleteHub deletes both namespaces, and checks that nothing is left in AWS.
func (s *story) deleteHub(ctx context.Context) error {
	began := time.Now()
	limited, cancel := context.WithTimeout(ctx, 3*soon)
	defer cancel()
	deleting, ctx2 := errgroup.WithContext(limited)
	for _, t := range []team{s.a, s.b} {
		deleting.Go(func() error { return s.DeleteNamespace(ctx2, t.Namespace) })
	}
	if err := deleting.Wait(); err != nil {
		return err
	}
	for _, t := range []team{s.a, s.b} {
		if err := s.wantAllDeleted(ctx, t); err != nil {
			return err
		}
	}
	s.out.say("After %s both namespaces are gone: AWS accepted the deletion of every resource that it created.", took(began))
	return s.unmap(ctx, []string{s.a.Account, s.b.Account})
}
