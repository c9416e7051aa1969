package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/tack-dev/tack/activities/kube"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/stack"
)

// wrongRole is a mistake in the role of a team, and its correction.
type wrongRole struct {
	team   team
	vpc    *object
	reason string // the reason for which its objects wait
	fix    func(context.Context) error
	fixed  string // in words
}

// tellAccounts shows how each object gets the right account or none.
func (s *story) tellAccounts(ctx context.Context) (err error) {
	began := time.Now()
	defer func() {
		if repairErr := s.repair(); err == nil {
			err = repairErr
		}
	}()
	if err := s.begin(ctx); err != nil {
		return fmt.Errorf("clearing away the demo before this one: %w", err)
	}
	c := team{fmt.Sprintf("team-c-%d", s.run), strconv.Itoa(333_333_333_300 + s.run)}
	mistakes := []*wrongRole{
		{team: s.a, reason: "RoleNotMapped", fixed: "an entry with the ARN of the team's role",
			fix: func(ctx context.Context) error { return s.patchMap(ctx, fields{s.a.account: roleIn(s.a.account)}) }},
		{team: s.b, reason: "RoleOfAnotherAccount", fixed: "the right ARN in its entry",
			fix: func(ctx context.Context) error { return s.patchMap(ctx, fields{s.b.account: roleIn(s.b.account)}) }},
		{team: c, reason: "RoleDenied", fixed: "the role's trust policy allows the worker", fix: s.letGo},
	}
	for n, chapter := range []struct {
		title string
		tell  func(context.Context) error
	}{
		{"Three teams, three mistakes", func(ctx context.Context) error { return s.makeMistakes(ctx, mistakes) }},
		{"Each mistake is corrected", func(ctx context.Context) error { return s.putRight(ctx, mistakes) }},
		{"A namespace is moved to another account", func(ctx context.Context) error { return s.moveNamespace(ctx, mistakes[1].vpc) }},
		{"Who called AWS", s.showPrincipals},
	} {
		s.out.chapter(n+1, chapter.title)
		if err := chapter.tell(ctx); err != nil {
			return fmt.Errorf("checking chapter %d, %q: %w", n+1, chapter.title, err)
		}
	}
	s.out.heading(fmt.Sprintf("Finished in %s, all of it checked", took(began)))
	s.out.say("See how an account is chosen: .tack/bin/starter explain vpc %s/main. `make down` stops everything.", s.b.namespace)
	return nil
}

// makeMistakes sets up the three teams, and shows that each waits for its own reason and that no
// team caused an AWS call.
func (s *story) makeMistakes(ctx context.Context, mistakes []*wrongRole) error {
	a, b, c := mistakes[0].team, mistakes[1].team, mistakes[2].team
	if err := s.writeMap(ctx); err != nil {
		return err
	}
	if err := s.patchMap(ctx, fields{a.account: nil, b.account: roleIn(a.account), c.account: roleIn(c.account)}); err != nil {
		return err
	}
	var err error
	s.hold, err = s.aws.AddRule(ctx, gateway.Rule{
		Action: gateway.Actions{"AssumeRole"}, Role: roleIn(c.account), Fault: gateway.FaultError, Status: http.StatusForbidden, Code: "AccessDenied",
		Message: "User: " + stack.WorkerPrincipal + " is not authorized to perform: sts:AssumeRole on resource: " + roleIn(c.account),
	})
	if err != nil {
		return fmt.Errorf("adding a rule to the gateway: %w", err)
	}
	s.out.say("Each team applies a VPC in its namespace. The account of %s is not in the role map. The account of %s is mapped to another account's role. The role of %s does not trust the worker:",
		a.namespace, b.namespace, c.namespace)
	for _, m := range mistakes {
		if err = s.makeNamespace(ctx, m.team); err != nil {
			return err
		}
		if m.vpc, err = s.object(m.team, "vpc.yaml"); err != nil {
			return err
		}
		if err := m.vpc.apply(ctx); err != nil {
			return err
		}
	}
	for _, m := range mistakes {
		said, err := m.vpc.awaitReason(ctx, m.reason)
		if err != nil {
			return err
		}
		s.out.quote(m.vpc.ref.String() + ": " + m.reason + ": " + said)
		if err := s.wantNoCalls(ctx, m.team.account, s.mark); err != nil {
			return err
		}
	}
	s.out.say("The worker only asked AWS to assume the role: the journal has no other call.")
	return nil
}

// awaitReason waits until an object reports that it is not synced for that reason, and returns its
// message.
func (o *object) awaitReason(ctx context.Context, reason string) (said string, err error) {
	_, err = o.await(ctx, "waiting with reason "+reason, func(u *unstructured.Unstructured) bool {
		c := conditionOf(u, corev1alpha1.ConditionTypeResourceSynced)
		said = message(c)
		return c["status"] == "False" && c["reason"] == reason
	})
	return said, err
}

// putRight corrects one mistake after the other, and shows that each needs nothing more.
func (s *story) putRight(ctx context.Context, mistakes []*wrongRole) error {
	var rows [][]string
	for _, m := range mistakes {
		began := time.Now()
		if err := m.fix(ctx); err != nil {
			return err
		}
		if _, err := m.vpc.awaitSynced(ctx); err != nil {
			return err
		}
		if err := s.wantOneCreate(ctx, m.vpc); err != nil {
			return err
		}
		rows = append(rows, []string{m.vpc.ref.String(), m.fixed, "created " + took(began) + " later in account " + m.team.account})
	}
	s.out.print(columns(rows))
	s.out.say("Tack retries a denied role after 30 to 45 seconds. A change of the map wakes the affected objects at once.")
	return nil
}

// moveNamespace names another account on a namespace, shows that nothing moves automatically, and
// then releases the VPC.
func (s *story) moveNamespace(ctx context.Context, vpc *object) error {
	from, to := vpc.team.account, strconv.Itoa(444_444_444_400+s.run)
	if err := s.patchMap(ctx, fields{to: roleIn(to)}); err != nil {
		return err
	}
	mark, err := s.aws.LastSeq(ctx)
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	if err = s.annotate(ctx, vpc.team.namespace, corev1alpha1.AnnotationOwnerAccountID, to); err != nil {
		return err
	}
	s.out.say("Namespace %s now names account %s. Its VPC has an id in account %s, so:", vpc.team.namespace, to, from)
	said, err := vpc.awaitReason(ctx, "AccountChanged")
	if err != nil {
		return err
	}
	s.out.quote(vpc.ref.String() + ": " + said)
	for _, account := range []string{from, to} {
		if err = s.wantNoCalls(ctx, account, mark); err != nil {
			return err
		}
	}
	old := vpc.id
	patch, err := json.Marshal(fields{"metadata": fields{"annotations": fields{corev1alpha1.AnnotationLetGo: "delete:" + old}}})
	if err != nil {
		return err
	}
	if _, err = vpc.client.Patch(ctx, vpc.ref.Name, types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		return fmt.Errorf("releasing %s: %w", old, err)
	}
	began := time.Now()
	vpc.team.account = to
	if _, err = vpc.await(ctx, "in account "+to, func(u *unstructured.Unstructured) bool { return kube.Known(u, vpc.kind).Account == to }); err != nil {
		return err
	}
	if _, err = vpc.awaitSynced(ctx); err != nil {
		return err
	}
	deleted, err := s.aws.Journal(ctx, gateway.Query{Account: from, Action: "DeleteVpc", Since: mark})
	if err != nil || len(deleted) != 1 || !deleted[0].Accepted {
		return fmt.Errorf("checking account %s: %d deletions of the VPC (%w)", from, len(deleted), err)
	}
	s.out.say("The annotation %s: delete:%s releases the VPC: %s later Tack has deleted %s in account %s and created %s in account %s.",
		corev1alpha1.AnnotationLetGo, old, took(began), old, from, vpc.id, to)
	return s.patchMap(ctx, fields{from: nil}) // no object needs it any more
}

func (s *story) annotate(ctx context.Context, namespace, key, value string) error {
	patch, err := json.Marshal(fields{"metadata": fields{"annotations": fields{key: value}}})
	if err != nil {
		return err
	}
	if _, err := s.kube.Resource(kube.Namespaces).Patch(ctx, namespace, types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		return fmt.Errorf("annotating namespace %s: %w", namespace, err)
	}
	return nil
}

// showPrincipals shows the journal by principal. It checks that only the worker, to assume roles,
// and the role of each account called AWS.
func (s *story) showPrincipals(ctx context.Context) error {
	counts, err := s.aws.Counts(ctx, s.mark)
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	rows := [][]string{{"PRINCIPAL", "CALL", "ACCEPTED", "REFUSED"}}
	for _, c := range counts {
		worker := c.Principal == stack.WorkerPrincipal && c.Action == "AssumeRole"
		if !worker && c.Principal != roleIn(c.Account) {
			return fmt.Errorf("checking the journal: %s was called by %s", c.Action, c.Principal)
		}
		rows = append(rows, []string{strings.TrimPrefix(c.Principal, "arn:aws:iam::"), c.Action, strconv.Itoa(c.Accepted), strconv.Itoa(c.Refused)})
	}
	s.out.print(columns(rows))
	s.out.say("The role of each account made the account's calls; the worker itself only assumes roles.")
	return nil
}
