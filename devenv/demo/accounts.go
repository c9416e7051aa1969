package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
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
func (s *story) tellAccounts(ctx context.Context) error {
	began := time.Now()
	var mistakes []*wrongRole
	err := s.tellAll(ctx,
		chapter{"Three teams, three mistakes", func(ctx context.Context) error {
			mistakes = s.mistakes()
			return s.makeMistakes(ctx, mistakes)
		}},
		chapter{"Each mistake is corrected", func(ctx context.Context) error { return s.putRight(ctx, mistakes) }},
		chapter{"A namespace is moved to another account", func(ctx context.Context) error { return s.moveNamespace(ctx, mistakes[1].vpc) }},
		chapter{"Who called AWS", s.showPrincipals},
	)
	if err != nil {
		return err
	}
	s.out.heading(fmt.Sprintf("Finished in %s, all of it checked", took(began)))
	s.out.say("See how an account is chosen: .tack/bin/starter explain vpc %s/main. `make down` stops everything.", s.b.Namespace)
	return nil
}

func (s *story) mistakes() []*wrongRole {
	c := team{Namespace: fmt.Sprintf("team-c-%d", s.run), Account: strconv.Itoa(333_333_333_300 + s.run)}
	return []*wrongRole{
		{team: s.a, reason: "RoleNotMapped", fixed: "an entry with the ARN of the team's role",
			fix: func(ctx context.Context) error {
				return s.MapRoles(ctx, fields{s.a.Account: scenario.RoleIn(s.a.Account)})
			}},
		{team: s.b, reason: "RoleOfAnotherAccount", fixed: "the right ARN in its entry",
			fix: func(ctx context.Context) error {
				return s.MapRoles(ctx, fields{s.b.Account: scenario.RoleIn(s.b.Account)})
			}},
		{team: c, reason: "RoleDenied", fixed: "the role's trust policy allows the worker", fix: s.letGo},
	}
}

// makeMistakes sets up the three teams, and shows that each waits for its own reason and that no
// team caused an AWS call.
func (s *story) makeMistakes(ctx context.Context, mistakes []*wrongRole) error {
	a, b, c := mistakes[0].team, mistakes[1].team, mistakes[2].team
	if err := s.MapRoles(ctx, fields{b.Account: scenario.RoleIn(a.Account), c.Account: scenario.RoleIn(c.Account)}); err != nil {
		return err
	}
	var err error
	s.hold, err = s.AWS.AddRule(ctx, gateway.Rule{
		Action: gateway.Actions{"AssumeRole"}, Role: scenario.RoleIn(c.Account), Fault: gateway.FaultError, Status: http.StatusForbidden, Code: "AccessDenied",
		Message: "User: " + stack.WorkerPrincipal + " is not authorized to perform: sts:AssumeRole on resource: " + scenario.RoleIn(c.Account),
	})
	if err != nil {
		return fmt.Errorf("adding a rule to the gateway: %w", err)
	}
	s.out.say("Each team applies a VPC in its namespace. The account of %s is not in the role map. The account of %s is mapped to another account's role. The role of %s does not trust the worker:",
		a.Namespace, b.Namespace, c.Namespace)
	for _, m := range mistakes {
		if err = s.makeTeam(ctx, m.team); err != nil {
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
		s.out.quote(m.vpc.Ref.String() + ": " + m.reason + ": " + said)
		if err := s.wantNoCalls(ctx, m.team.Account, s.mark); err != nil {
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
		c := scenario.Condition(u, corev1alpha1.ConditionTypeResourceSynced)
		said = scenario.Message(c)
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
		rows = append(rows, []string{m.vpc.Ref.String(), m.fixed, "created " + took(began) + " later in account " + m.team.Account})
	}
	s.out.print(columns(rows))
	s.out.say("Tack retries a denied role after 30 to 45 seconds. A change of the map wakes the affected objects at once.")
	return nil
}

// moveNamespace names another account on a namespace, shows that nothing moves automatically, and
// then releases the VPC.
func (s *story) moveNamespace(ctx context.Context, vpc *object) error {
	from, to := vpc.team.Account, strconv.Itoa(444_444_444_400+s.run)
	if err := s.MapRoles(ctx, fields{to: scenario.RoleIn(to)}); err != nil {
		return err
	}
	mark, err := s.AWS.LastSeq(ctx)
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	if err = s.AnnotateNamespace(ctx, vpc.team.Namespace, corev1alpha1.AnnotationOwnerAccountID, to); err != nil {
		return err
	}
	s.out.say("Namespace %s now names account %s. Its VPC has an id in account %s, so:", vpc.team.Namespace, to, from)
	said, err := vpc.awaitReason(ctx, "AccountChanged")
	if err != nil {
		return err
	}
	s.out.quote(vpc.Ref.String() + ": " + said)
	for _, account := range []string{from, to} {
		if err = s.wantNoCalls(ctx, account, mark); err != nil {
			return err
		}
	}
	old := vpc.id
	if err = vpc.Merge(ctx, fields{"metadata": fields{"annotations": fields{corev1alpha1.AnnotationLetGo: "delete:" + old}}}); err != nil {
		return err
	}
	began := time.Now()
	vpc.team.Account = to
	if _, err = vpc.await(ctx, "in account "+to, func(u *unstructured.Unstructured) bool { return level.Known(u, vpc.Kind).Account == to }); err != nil {
		return err
	}
	if _, err = vpc.awaitSynced(ctx); err != nil {
		return err
	}
	deleted, err := s.AWS.Journal(ctx, gateway.Query{Account: from, Action: "DeleteVpc", Since: mark})
	if err != nil || len(deleted) != 1 || !deleted[0].Accepted {
		return fmt.Errorf("checking account %s: %d deletions of the VPC (%w)", from, len(deleted), err)
	}
	s.out.say("The annotation %s: delete:%s releases the VPC: %s later Tack has deleted %s in account %s and created %s in account %s.",
		corev1alpha1.AnnotationLetGo, old, took(began), old, from, vpc.id, to)
	return s.MapRoles(ctx, fields{from: nil}) // no object needs it any more
}

// showPrincipals shows the journal by principal. It checks that only the worker, to assume roles,
// and the role of each account called AWS.
func (s *story) showPrincipals(ctx context.Context) error {
	counts, err := s.AWS.Counts(ctx, s.mark)
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	rows := [][]string{{"PRINCIPAL", "CALL", "ACCEPTED", "REFUSED"}}
	for _, c := range counts {
		worker := c.Principal == stack.WorkerPrincipal && c.Action == "AssumeRole"
		if !worker && c.Principal != scenario.RoleIn(c.Account) {
			return fmt.Errorf("checking the journal: %s was called by %s", c.Action, c.Principal)
		}
		rows = append(rows, []string{strings.TrimPrefix(c.Principal, "arn:aws:iam::"), c.Action, strconv.Itoa(c.Accepted), strconv.Itoa(c.Refused)})
	}
	s.out.print(columns(rows))
	s.out.say("The role of each account made the account's calls; the worker itself only assumes roles.")
	return nil
}
