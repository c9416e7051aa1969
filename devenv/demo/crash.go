package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/kube"
	"github.com/tack-dev/tack/devenv/gateway"
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
	s.out.say("%s applies SecurityGroup web: five rules, in the VPC that its vpcRef names.", s.a.namespace)
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
	s.hold, err = s.aws.AddRule(ctx, gateway.Rule{
		Action: gateway.Actions{"CreateSecurityGroup"}, Account: group.team.account, Fault: gateway.FaultHoldAfter, Times: 1,
	})
	if err != nil {
		return "", fmt.Errorf("holding the answer to CreateSecurityGroup: %w", err)
	}
	if err = group.apply(ctx); err != nil {
		return "", err
	}
	if err = s.aws.WaitHolding(ctx, s.hold, soon); err != nil {
		return "", err
	}
	entries, err := s.creates(ctx, group)
	if err != nil {
		return "", err
	}
	if len(entries) != 1 || len(entries[0].Created) != 1 || entries[0].Delivered {
		return "", fmt.Errorf("checking the journal: want one unanswered create of %s, got %+v", group.ref, entries)
	}
	u, err := group.client.Get(ctx, group.ref.Name, metav1.GetOptions{})
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", group.ref, err)
	}
	if id := kube.Known(u, group.kind).ID; id != "" {
		return "", fmt.Errorf("checking %s: it has the id %s before AWS has answered", group.ref, id)
	}
	return entries[0].Created[0], nil
}

// workerOf finds the worker that executes the create of an object. The SDK's identity of a worker
// is "<process>@<host>@".
func (s *story) workerOf(ctx context.Context, o *object) (*stack.Part, error) {
	pending, err := s.pending(ctx, o, o.ref.Kind+"/"+resource.VerbCreate)
	if err != nil {
		return nil, err
	}
	return s.workerCalled(pending.GetLastWorkerIdentity())
}

func (s *story) workerCalled(identity string) (*stack.Part, error) {
	for _, p := range s.Parts() {
		if pid := p.PID(); pid != 0 && pid == processOf(identity) {
			return p, nil
		}
	}
	return nil, fmt.Errorf("finding worker %q: no part of the environment has that process id", identity)
}

// processOf returns the process id in the identity of a worker, or 0 without one.
func processOf(identity string) int {
	number, _, _ := strings.Cut(strings.TrimPrefix(identity, "worker "), "@")
	pid, _ := strconv.Atoi(number) // it is also 0 if it is not a number
	return pid
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
	steps, err := s.history(ctx, group)
	if err != nil {
		return err
	}
	creates := 0
	for _, st := range steps {
		switch st.activity {
		case group.ref.Kind + "/" + resource.VerbCreate:
			creates, r.lost = creates+1, st
		case group.ref.Kind + "/" + resource.VerbFind:
			r.foundBy = st
		}
	}
	if creates != 1 || !r.lost.timedOut || processOf(r.lost.worker) != r.pid {
		return fmt.Errorf("checking history: want one create, lost with process %d; got %d, the last by %q", r.pid, creates, r.lost.worker)
	}
	saviour, err := s.workerCalled(r.foundBy.worker)
	if err != nil {
		return fmt.Errorf("finding the worker that found the group: %w", err)
	}
	if saviour == s.killed || group.id != r.made {
		return errors.New("checking which worker finished: want another worker, with the group that AWS created before the kill")
	}
	rules := incoming(u)
	if rules != 5 {
		return fmt.Errorf("checking %s: it has %d rules, want 5", group.ref, rules)
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
