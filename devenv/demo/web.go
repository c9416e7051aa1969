package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"time"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
)

// tellWeb shows twice how the network of config/samples/web is created and deleted.
func (s *story) tellWeb(ctx context.Context) error {
	began := time.Now()
	err := s.tellAll(ctx,
		chapter{"A whole network, applied at once", func(ctx context.Context) error { return s.tellNetwork(ctx, s.a, nil) }},
		chapter{"The same in a shuffled order, for another account", func(ctx context.Context) error {
			random := rand.New(rand.NewPCG(uint64(s.run), 0)) //nolint:gosec // a repeatable order, not a secret
			return s.tellNetwork(ctx, s.b, random)
		}},
	)
	if err != nil {
		return err
	}
	s.out.heading(fmt.Sprintf("Finished in %s, all of it checked", took(began)))
	s.out.say("The Web UI still shows every run, every step and every wait: %s. `make down` stops everything.", s.TemporalUI)
	return nil
}

// tellNetwork applies the network, shows its creation, checks it and deletes the namespace.
func (s *story) tellNetwork(ctx context.Context, t team, random *rand.Rand) error {
	manifests, err := scenario.Network(t.Namespace)
	if err != nil {
		return err
	}
	if random != nil {
		random.Shuffle(len(manifests), func(i, j int) { manifests[i], manifests[j] = manifests[j], manifests[i] })
	}
	if err = s.makeTeam(ctx, t); err != nil {
		return err
	}
	if err = s.mapTeams(ctx); err != nil {
		return err
	}
	if s.mark, err = s.AWS.LastSeq(ctx); err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	seen, err := s.watch(watching, t)
	if err != nil {
		return err
	}
	s.objects = nil
	for _, m := range manifests {
		if err := s.objectOf(t, m).apply(ctx); err != nil {
			return err
		}
	}
	s.out.say("The %d objects of config/samples/web are applied to namespace %s, the first of them %s.", len(s.objects), t.Namespace, s.objects[0].Ref)
	if err := s.checkNetwork(ctx, t); err != nil {
		return err
	}
	s.out.print(seen.table())
	s.out.say("The journal of AWS calls confirms it: each was created once, AWS refused nothing, and no call named a resource that was not ready.")
	return s.deleteNetwork(ctx, t, seen)
}

// checkNetwork waits until every object is synced. It checks in the journal that each was created
// once, and after the resources that it refers to.
func (s *story) checkNetwork(ctx context.Context, t team) error {
	for _, o := range s.objects {
		if _, err := o.awaitSynced(ctx); err != nil {
			return err
		}
		if err := s.wantOneCreate(ctx, o); err != nil {
			return err
		}
	}
	entries, err := s.AWS.Journal(ctx, gateway.Query{Account: t.Account, Since: s.mark})
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	if words := scenario.TooEarly(entries); len(words) > 0 {
		return errors.New(words[0])
	}
	return nil
}

// deleteNetwork deletes the namespace with everything in it, and checks that AWS deleted every
// resource of it.
func (s *story) deleteNetwork(ctx context.Context, t team, seen *sightings) error {
	s.out.say("Now `kubectl delete namespace %s`, which deletes all objects at once:", t.Namespace)
	seen.startAgain()
	ctx, cancel := context.WithTimeout(ctx, 2*soon)
	defer cancel()
	if err := s.DeleteNamespace(ctx, t.Namespace); err != nil {
		return err
	}
	s.out.print(seen.table())
	if err := s.wantAllDeleted(ctx, t); err != nil {
		return err
	}
	s.out.say("Nothing is left: AWS accepted the deletion of every resource that it created.")
	return nil
}

// deleting matches AWS's operations that delete a resource.
var deleting = regexp.MustCompile("^(Delete|Terminate|Release)")

// wantAllDeleted checks that AWS accepted a deletion for each create.
func (s *story) wantAllDeleted(ctx context.Context, t team) error {
	entries, err := s.AWS.Journal(ctx, gateway.Query{Account: t.Account, Since: s.mark, Mutation: true})
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	for _, o := range s.objects {
		deletes := func(e gateway.Entry) bool {
			return e.Accepted && deleting.MatchString(e.Action) && gateway.SameOwner(e.Owner, scenario.OwnerOf(o.Ref))
		}
		if o.team == t && !slices.ContainsFunc(entries, deletes) {
			return fmt.Errorf("checking %s: AWS received no deletion of %s", o.Ref, o.id)
		}
	}
	return nil
}
