package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/tack-dev/tack/activities/kube"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// The scans look for objects without a run. An object that is not settled has an open run,
// unless somebody ended it by hand or Temporal's database was lost. Nothing in the cluster changes
// then, so no event would ever wake the object.
const (
	// longestRest is the interval between pokes of an object whose runs end and leave it unsettled.
	// That is a fault, and pokes must not make it expensive.
	longestRest = 30 * time.Minute
	// describePause spreads the requests and starts of a scan. After the loss of a database,
	// thousands of objects come back over minutes and not at once.
	describePause = 100 * time.Millisecond
	// listFrom is the number of objects from which one list of open runs is cheaper than a request
	// for the run of each.
	listFrom = 20
	// tagsRest is the interval between two observations of AWS's tags for an object that is left
	// alone because of them. An observation reads and changes nothing.
	tagsRest = time.Hour
	// completedAtOnce limits how many objects from before an upgrade get their missing conditions
	// in one scan: 10,000 of them in about an hour.
	completedAtOnce = 200
	// readPause spreads the comparisons of a scan: this many per pause.
	readAtOnce, readPause = 50, 20 * time.Millisecond
)

// unsettledState is the state in which a scan found an object that is not settled.
type unsettledState struct {
	uid  types.UID
	tags bool // it is left alone because of AWS's tags
}

// unsettledObject is an object that a scan found unsettled.
type unsettledObject struct {
	unsettledState
	tries int
	next  time.Time // time of its next poke
}

func newUnsettled(f unsettledState) *unsettledObject {
	s := &unsettledObject{unsettledState: f} // its run may be about to start, or may have just ended
	if f.tags {
		s.next = time.Now().Add(tagsRest/2 + rand.N(tagsRest)) // not all of them at once
	}
	return s
}

// pokeUnsettled scans until ctx ends.
func (b *bridge) pokeUnsettled(ctx context.Context) {
	known := map[resource.Ref]*unsettledObject{}
	for {
		select {
		// Bridges that were started together come one after the other.
		case <-time.After(b.every/2 + rand.N(b.every)):
		case <-ctx.Done():
			return
		}
		if err := b.scan(ctx, known); err != nil && ctx.Err() == nil {
			b.log.Warn("looking for objects without a run", "error", err)
		}
	}
}

// scan pokes the objects that were unsettled in the previous scan, still are, and have no open
// run. If there is none, it sends Temporal no request.
func (b *bridge) scan(ctx context.Context, known map[resource.Ref]*unsettledObject) error {
	unsettled, incomplete, err := b.unsettled(ctx)
	if err != nil {
		return err
	}
	b.completeAll(ctx, incomplete)
	for ref, s := range known {
		if f, still := unsettled[ref]; !still || f != s.unsettledState {
			delete(known, ref)
		}
	}
	var due []resource.Ref
	for ref, f := range unsettled {
		s := known[ref]
		if s == nil {
			known[ref] = newUnsettled(f)
			continue
		}
		if !time.Now().Before(s.next) {
			due = append(due, ref)
		}
	}
	open := map[string]bool{}
	if len(due) >= listFrom {
		if open, err = b.openRuns(ctx); err != nil {
			return err
		}
	}
	for _, ref := range due {
		if open[ref.WorkflowID()] {
			known[ref].tries = 0
			continue
		}
		if err := b.pokeIdle(ctx, ref, known[ref]); err != nil {
			return err
		}
	}
	return nil
}

// unsettled returns the objects with a status that is not about their inputs. It leaves out objects
// that already report a verdict of the inputs alone, because a run would find nothing else.
// Incomplete are some of the settled ones that lack a condition.
func (b *bridge) unsettled(ctx context.Context) (all map[resource.Ref]unsettledState, incomplete []incompleteObject, err error) {
	all = map[resource.Ref]unsettledState{}
	read := 0
	for name, informer := range b.objects {
		kind, _ := apis.ByName(name)
		for _, obj := range informer.GetIndexer().List() {
			u := unwrap(obj)
			if u == nil {
				continue
			}
			read++
			if read%readAtOnce == 0 && !pause(ctx, readPause) {
				return nil, nil, ctx.Err()
			}
			ref := b.refOf(kind, u)
			l, err := level.Read(ctx, b, b.settings, kind, ref)
			if err != nil {
				continue // an input that cannot be read: the next scan reads it
			}
			leftToOthers := l.Object.Deleting && !l.Object.Finalizer
			work := level.WorkOf(u, l)
			if !leftToOthers && !work.Done() && work != level.Absent {
				all[ref] = unsettledState{uid: u.GetUID(), tags: work == level.LeftAlone}
			}
			if len(incomplete) == completedAtOnce {
				continue
			}
			if lacking := kube.Lacking(u, kind, l, b.settings); len(lacking) > 0 {
				incomplete = append(incomplete, incompleteObject{kind, u, lacking})
			}
		}
	}
	return all, incomplete, nil
}

// pokeIdle pokes an object that has no open run.
func (b *bridge) pokeIdle(ctx context.Context, ref resource.Ref, s *unsettledObject) error {
	if !pause(ctx, describePause) {
		return ctx.Err()
	}
	asked, done := context.WithTimeout(ctx, pokeTimeout)
	defer done()
	// This request goes to the run's own shard, so it has no delay of a list.
	answer, err := b.temporal.DescribeWorkflowExecution(asked, ref.WorkflowID(), "")
	_, none := errors.AsType[*serviceerror.NotFound](err)
	switch {
	case err != nil && !none:
		return fmt.Errorf("looking for the run of %s: %w", ref, err)
	case !none && answer.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING:
		s.tries = 0
		return nil
	}
	if s.tags {
		s.next = time.Now().Add(tagsRest)
		b.queue.Add(item{ref: ref, reason: "left alone: checking AWS's tags", force: true})
		return nil
	}
	s.next = time.Now().Add(min(b.every<<min(s.tries, 16), longestRest))
	s.tries++
	b.log.Info("waking an object without a run", "object", ref.String(), "kind", ref.Kind)
	b.queue.Add(item{ref: ref, reason: "not settled, without a run", check: true})
	return nil
}

// openRuns returns the workflow ids of the cluster's open runs, from a list that may be seconds
// behind.
func (b *bridge) openRuns(ctx context.Context) (map[string]bool, error) {
	open := map[string]bool{}
	var token []byte
	for {
		asked, done := context.WithTimeout(ctx, pokeTimeout)
		page, err := b.temporal.ListWorkflow(asked, &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: os.Getenv("TEMPORAL_NAMESPACE"), PageSize: 1000, NextPageToken: token,
			Query: fmt.Sprintf("ExecutionStatus = 'Running' AND %s = '%s'", resource.AttributeCluster, strings.ReplaceAll(resource.AttributeValue(b.settings.Cluster), "'", "''")),
		})
		done()
		if err != nil {
			return nil, fmt.Errorf("listing open runs: %w", err)
		}
		for _, run := range page.GetExecutions() {
			open[run.GetExecution().GetWorkflowId()] = true
		}
		if token = page.GetNextPageToken(); len(token) == 0 {
			return open, nil
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
