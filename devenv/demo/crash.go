package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

// killWorker kills the worker that waits for the answer to CreateSecurityGroup after AWS has
// executed the call, and shows that another worker finishes the work.
func (s *story) killWorker(ctx context.Context) error {
	group, err := s.object(s.a, "security-group.yaml")
	if err != nil {
		return err
	}
	s.out.say("%s applies SecurityGroup web: five rules, in the VPC that its vpcRef names.", s.a.Namespace)
	made, err := s.holdCreate(ctx, group)
	if err != nil {
		return err
	}
	victim, err := s.workerOf(ctx, group)
	if err != nil {
		return err
	}
	pid := victim.PID()
	began := time.Now()
	s.killed = victim
	if err = victim.Kill(); err != nil {
		return err
	}
	s.out.say("AWS has accepted CreateSecurityGroup and created %s. While the answer is in flight, "+
		"only AWS knows this id.", made)
	s.out.say("The demo kills %s (process %d), which waits for the answer, with kill -9.", victim.Name(), pid)
	u, err := group.awaitSynced(ctx)
	if err != nil {
		return err
	}
	synced := time.Since(began)
	if err := s.letGo(ctx); err != nil {
		return err
	}
	return s.tellRescue(ctx, group, u, rescue{made: made, pid: pid, began: began, synced: synced})
}

// holdCreate applies the group and returns its id in AWS once AWS has created it, while only AWS
// knows the id.
func (s *story) holdCreate(ctx context.Context, group *object) (made string, err error) {
	s.hold, err = s.AWS.AddRule(ctx, gateway.Rule{
		Action: gateway.Actions{"CreateSecurityGroup"}, Account: group.team.Account, Fault: gateway.FaultHoldAfter, Times: 1,
	})
	if err != nil {
		return "", fmt.Errorf("holding the answer to CreateSecurityGroup: %w", err)
	}
	if err = group.apply(ctx); err != nil {
		return "", err
	}
	if err = s.AWS.WaitHolding(ctx, s.hold, soon); err != nil {
		return "", err
	}
	entries, err := s.Creates(ctx, group.Ref, s.mark)
	if err != nil {
		return "", err
	}
	if len(entries) != 1 || len(entries[0].Created) != 1 || entries[0].Delivered {
		return "", fmt.Errorf("checking the journal: want one unanswered create of %s, got %+v", group.Ref, entries)
	}
	u, err := group.Client.Get(ctx, group.Ref.Name, metav1.GetOptions{})
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", group.Ref, err)
	}
	if id := level.Known(u, group.Kind).ID; id != "" {
		return "", fmt.Errorf("checking %s: it has the id %s before AWS has answered", group.Ref, id)
	}
	return entries[0].Created[0], nil
}

// workerOf finds the worker that executes the create of an object.
func (s *story) workerOf(ctx context.Context, o *object) (*stack.Part, error) {
	pending, err := s.Pending(ctx, o.Ref.WorkflowID(), o.Ref.Kind+"/"+resource.VerbCreate)
	if err != nil {
		return nil, err
	}
	return s.Worker(pending.GetLastWorkerIdentity())
}

// step is one activity of a workflow that has ended.
type step struct {
	activity string
	worker   string // identity
	timedOut bool
	end      time.Time
}

// steps returns the activities of the newest run of an object's workflow.
func (s *story) steps(ctx context.Context, o *object) (steps []step, err error) {
	h, err := s.History(ctx, o.Ref.WorkflowID(), "")
	if err != nil {
		return nil, err
	}
	names, workers := map[int64]string{}, map[int64]string{}
	for _, e := range h.GetEvents() {
		if a := e.GetActivityTaskScheduledEventAttributes(); a != nil {
			names[e.GetEventId()] = a.GetActivityType().GetName()
		} else if a := e.GetActivityTaskStartedEventAttributes(); a != nil {
			workers[a.GetScheduledEventId()] = a.GetIdentity()
		}
		timedOut := e.GetActivityTaskTimedOutEventAttributes()
		scheduled := max(timedOut.GetScheduledEventId(), e.GetActivityTaskCompletedEventAttributes().GetScheduledEventId())
		if scheduled > 0 { // the event ends an activity
			steps = append(steps, step{names[scheduled], workers[scheduled], timedOut != nil, e.GetEventTime().AsTime()})
		}
	}
	return steps, nil
}

// rescue is the data about a killed worker and its unfinished work.
type rescue struct {
	made          string // the group's id, from the journal
	pid           int
	began         time.Time // time of the kill
	synced        time.Duration
	lost, foundBy step
}

// tellRescue reads from the workflow's history how the loss was noticed and which worker finished.
func (s *story) tellRescue(ctx context.Context, group *object, u *unstructured.Unstructured, r rescue) error {
	steps, err := s.steps(ctx, group)
	if err != nil {
		return err
	}
	creates := 0
	for _, st := range steps {
		switch st.activity {
		case group.Ref.Kind + "/" + resource.VerbCreate:
			creates, r.lost = creates+1, st
		case group.Ref.Kind + "/" + resource.VerbFind:
			r.foundBy = st
		}
	}
	if creates != 1 || !r.lost.timedOut || scenario.Process(r.lost.worker) != r.pid {
		return fmt.Errorf("checking history: want one create, lost with process %d; got %d, the last by %q", r.pid, creates, r.lost.worker)
	}
	saviour, err := s.Worker(r.foundBy.worker)
	if err != nil {
		return fmt.Errorf("finding the worker that found the group: %w", err)
	}
	if saviour == s.killed || group.id != r.made {
		return errors.New("checking which worker finished: want another worker, with the group that AWS created before the kill")
	}
	rules := incoming(u)
	if rules != 5 {
		return fmt.Errorf("checking %s: it has %d rules, want 5", group.Ref, rules)
	}
	s.out.say("%s later Temporal notices that the worker's heartbeat is missing. %s (process %d) takes over: it reads AWS before it sends anything "+
		"again, and finds %s by its tags.", seconds(r.lost.end.Sub(r.began)), saviour.Name(), saviour.PID(), group.id)
	if err := s.wantOneCreate(ctx, group); err != nil {
		return err
	}
	s.out.say("%s after the kill the object is synced, with all %d rules. Journal: AWS accepted one create, not two.", seconds(r.synced), rules)
	return nil
}

// incoming counts the inbound rules in the status.
func incoming(u *unstructured.Unstructured) (n int) {
	rules, _, _ := unstructured.NestedSlice(u.Object, "status", "rules")
	for _, r := range rules {
		if r, _ := r.(fields); r["isEgress"] != true {
			n++
		}
	}
	return n
}
