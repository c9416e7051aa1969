package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/resource"
)

// sample is one object of a kind, and how to read its resource in AWS. Each kind has one, in a file
// of its own.
type sample struct {
	kind string
	// spec is a minimal spec. change is a merge patch that requires a change in AWS.
	spec   func() fields
	change string
	// early is a change that may precede the create; empty: change.
	early string
	// full is a spec with all features of the kind. It has values that AWS returns in another form:
	// masked CIDRs, protocol numbers, AWS's own order, an encoded document.
	full func(account string) fields
	// fullChange changes the tag of full, and what else AWS can change.
	fullChange string
	// create is the AWS action that creates one.
	create string
	// needs creates the objects that the sample requires, and waits for them; nil: the sample of
	// each kind to which the specs and changes refer.
	needs func(*testing.T, team)
	// count counts the resources of the kind in an account.
	count func(t *testing.T, account string) int
	// remove deletes one in AWS, outside of Tack.
	remove func(ctx context.Context, cfg aws.Config, id string) error
	// tags returns the tags of one; nil: as those of any EC2 resource.
	tags func(t *testing.T, account, id string) map[string]string
	// tagless means that AWS has no tags for the type.
	tagless bool
	// unproven is what an object says of the resource of a lost create, if nothing in AWS tells whose
	// it is.
	unproven string
	// noTags means that the spec has no tags.
	noTags bool
	// ends means that one that somebody ended in AWS is not made again.
	ends bool
}

// retagged is a change of the tag that most specs have.
const retagged = `{"spec":{"tags":[{"key":"team","value":"b"}]}}`

// teamA is that tag, before the change.
func teamA() []any { return []any{fields{"key": "team", "value": "a"}} }

var registered []sample

// register adds the sample of a kind to all tests that concern each kind.
func register(s sample) bool {
	if s.tags == nil && strings.HasPrefix(s.kind, "ec2.") {
		s.tags = ec2Tags
	}
	if s.tagless {
		s.noTags = true
		s.tags = func(*testing.T, string, string) map[string]string { return nil }
	}
	registered = append(registered, s)
	return true
}

// samples returns one sample of each kind, by the name of the kind.
func samples() []sample {
	return slices.SortedFunc(slices.Values(registered), func(a, b sample) int { return cmp.Compare(a.kind, b.kind) })
}

// sampleOf returns the sample of a kind.
func sampleOf(kind string) sample {
	i := slices.IndexFunc(registered, func(s sample) bool { return s.kind == kind })
	if i < 0 {
		panic("no sample of " + kind)
	}
	return registered[i]
}

// ofEachKind runs a function for each kind, in parallel, each in its own account with the objects
// that its sample refers to.
func ofEachKind(t *testing.T, try func(*testing.T, sample, team)) {
	t.Helper()
	ofKinds(t, samples(), try)
}

func ofKinds(t *testing.T, kinds []sample, try func(*testing.T, sample, team)) {
	t.Helper()
	t.Parallel()
	for _, s := range kinds {
		t.Run(s.kind, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			s.prepare(t, team)
			try(t, s, team)
		})
	}
}

// inLanes runs a subtest for each sample, and returns after the last one. Half a dozen run at a time.
func inLanes(t *testing.T, all []sample, try func(t *testing.T, i int)) {
	t.Helper()
	var lanes sync.WaitGroup
	free := make(chan struct{}, 6)
	for i, s := range all {
		lanes.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			t.Run(s.kind, func(t *testing.T) { try(t, i) })
		})
	}
	lanes.Wait()
}

// prepareAll returns a team for each sample, with the objects that the sample requires. It makes
// them in parallel.
func prepareAll(t *testing.T, all []sample) (teams []team) {
	t.Helper()
	for range all {
		teams = append(teams, newTeam(t))
	}
	inLanes(t, all, func(t *testing.T, i int) { all[i].prepare(t, teams[i]) })
	if t.Failed() {
		t.FailNow()
	}
	return teams
}

// prepare creates the objects that the sample requires, and waits for them.
func (s sample) prepare(t *testing.T, team team) {
	t.Helper()
	if s.needs != nil {
		s.needs(t, team)
		return
	}
	applied := map[resource.Ref]object{}
	s.applyTargets(t, team, applied)
	for _, o := range applied {
		o.awaitSynced(t)
	}
}

// applyTargets applies a sample for each object to which the specs and changes refer, with what
// that sample refers to.
func (s sample) applyTargets(t *testing.T, team team, applied map[resource.Ref]object) {
	t.Helper()
	for _, target := range s.targets(t, team) {
		if _, done := applied[target]; done || target.Kind == s.kind {
			continue
		}
		of := sampleOf(target.Kind)
		of.applyTargets(t, team, applied)
		applied[target] = team.apply(t, target.Kind, target.Name, of.spec())
	}
}

// targets returns the objects to which the specs and changes of the sample refer.
func (s sample) targets(t *testing.T, team team) (targets []resource.Ref) {
	t.Helper()
	o := team.object(s.kind, "it")
	versions := []fields{{"spec": s.spec()}, {"spec": s.full(team.account)}}
	for _, patch := range []string{s.change, s.fullChange} {
		var changed fields
		if err := json.Unmarshal([]byte(patch), &changed); err != nil {
			t.Fatalf("reading a change of %s: %v", s.kind, err)
		}
		versions = append(versions, changed)
	}
	for _, version := range versions {
		targets = append(targets, level.Targets(o.kind, o.ref, &unstructured.Unstructured{Object: version})...)
	}
	return targets
}

// removeInAWS deletes one in AWS, and waits until that counts: for a while a missing resource
// counts as not visible yet.
func (s sample) removeInAWS(t *testing.T, account, id string) {
	t.Helper()
	if err := s.remove(t.Context(), w.config(t, account), id); err != nil {
		t.Fatalf("deleting %s in AWS: %v", id, err)
	}
	time.Sleep(visibleWindow)
}
