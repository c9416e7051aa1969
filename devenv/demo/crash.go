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

// killWorker kills the worker that waits for the answer to CreateSecurityGroup
// after AWS has carried it out, and shows that another one finishes.
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
	s.out.say("AWS has accepted CreateSecurityGroup and made %s. While the answer is on its way, "+
		"nobody but AWS knows this id.", made)
	s.out.say("%s (process %d), which waits for the answer, is killed with -9.", victim.Name(), pid)
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

// holdCreate applies the group and returns, with its id in AWS, when AWS has made
// it and nobody else knows.
func (s *story) holdCreate(ctx context.Context, group *object) (made string, err error) {
	s.hold, err = s.aws.AddRule(ctx, gateway.Rule{
		Action: gateway.Actions{"CreateSecurityGroup"}, Account: group.team.account, Fault: gateway.FaultHoldAfter, Times: 1,
	})
	if err != nil {
		return "", fmt.Errorf("asking the gateway to hold the answer to CreateSecurityGroup: %w", err)
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
		return "", fmt.Errorf("checking the journal: want one create of %s that is not answered, got %+v", group.ref, entries)
	}
	u, err := group.client.Get(ctx, group.ref.Name, metav1.GetOptions{})
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", group.ref, err)
	}
	if id := kube.Known(u, group.kind).ID; id != "" {
		return "", fmt.Errorf("checking %s: it knows its id, %s, before AWS has answered", group.ref, id)
	}
	return entries[0].Created[0], nil
}

// workerOf finds the worker that carries out the create of an object. The SDK
// lets each worker call itself "<process>@<host>@".
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
	return nil, fmt.Errorf("finding worker %q: no part of the environment runs under that process id", identity)
}

// processOf is the process id in the identity of a worker, 0 if there is none.
func processOf(identity string) int {
	number, _, _ := strings.Cut(strings.TrimPrefix(identity, "worker "), "@")
	pid, _ := strconv.Atoi(number) // 0 is the answer, too, if it is no number
	return pid
}

// rescue is what is known of a killed worker and of what it left behind.
type rescue struct {
	made          string // the group's id, from the journal
	pid           int
	began         time.Time // of the kill
	synced        time.Duration
	lost, foundBy step
}

// tellRescue reads from the workflow's history who noticed what and who finished.
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
		return fmt.Errorf("looking for who found the group: %w", err)
	}
	if saviour == s.killed || group.id != r.made {
		return errors.New("checking who finished: it must be another worker, with the group that AWS had made before the kill")
	}
	rules := incoming(u)
	if rules != 5 {
		return fmt.Errorf("checking %s: it has %d rules, want 5", group.ref, rules)
	}
	s.out.say("%s later Temporal misses the heartbeat of the worker. %s (process %d) takes over: it looks before it sends anything "+
		"again, and finds %s by its tags.", seconds(r.lost.end.Sub(r.began)), saviour.Name(), saviour.PID(), group.id)
	if err := s.wantOneCreate(ctx, group); err != nil {
		return err
	}
	s.out.say("%s after the kill it is synced, with all %d rules. Journal: accepted once, not twice.", seconds(r.synced), rules)
	return nil
}

// incoming counts the rules for what comes in, as the status shows them.
func incoming(u *unstructured.Unstructured) (n int) {
	rules, _, _ := unstructured.NestedSlice(u.Object, "status", "rules")
	for _, r := range rules {
		if r, _ := r.(fields); r["isEgress"] != true {
			n++
		}
	}
	return n
}
