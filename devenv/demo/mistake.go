package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
)

// The mistake in the group of team b: a number of the address range is missing.
const (
	mistakeAt   = 2 // index of the rule
	mistake     = "10.0.0/8"
	mistakePath = "spec.ingressRules[2].ipRanges[0].cidrIP"
)

// refuseMistake applies a group with a bad rule and shows that Tack makes no AWS call until the
// rule is corrected.
func (s *story) refuseMistake(ctx context.Context) error {
	group, err := s.object(s.b, "security-group.yaml")
	if err != nil {
		return err
	}
	good := group.manifest
	if group.manifest, err = withMistake(good); err != nil {
		return err
	}
	mark, err := s.AWS.LastSeq(ctx)
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	began := time.Now()
	if err = group.apply(ctx); err != nil {
		return err
	}
	u, err := group.await(ctx, "refused, with the path of the field", func(u *unstructured.Unstructured) bool {
		c := scenario.Condition(u, corev1alpha1.ConditionTypeTerminal)
		return scenario.Current(u) && c["status"] == "True" && strings.Contains(scenario.Message(c), mistakePath)
	})
	if err != nil {
		return err
	}
	s.out.say("%s applies the same manifest with a mistake in one rule. %s later the object reports the reason:", s.b.Namespace, took(began))
	s.out.quote(string(corev1alpha1.ConditionTypeTerminal) + ": " + scenario.Message(scenario.Condition(u, corev1alpha1.ConditionTypeTerminal)))
	if err = s.wantNoCalls(ctx, s.b.Account, mark); err != nil {
		return err
	}
	s.out.say("The journal has no call for it, and AWS has no incomplete group.")
	group.manifest, began = good, time.Now()
	if err = group.apply(ctx); err != nil {
		return err
	}
	if _, err := group.awaitSynced(ctx); err != nil {
		return err
	}
	s.out.say("After the correction the object is synced %s later, as %s.", took(began), group.id)
	return s.wantOneCreate(ctx, group)
}

// withMistake returns the manifest of a group with a mistake in one rule.
func withMistake(good *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	bad := good.DeepCopy()
	rules, _, err := unstructured.NestedSlice(bad.Object, "spec", "ingressRules")
	if err != nil || len(rules) <= mistakeAt {
		return nil, fmt.Errorf("adding the mistake to rule %d of the manifest: it has %d rules (%w)", mistakeAt, len(rules), err)
	}
	rule, _ := rules[mistakeAt].(fields)
	ranges, _ := rule["ipRanges"].([]any)
	if len(ranges) == 0 {
		return nil, fmt.Errorf("adding the mistake to rule %d of the manifest: it has no range", mistakeAt)
	}
	ranges[0].(fields)["cidrIP"] = mistake
	return bad, unstructured.SetNestedSlice(bad.Object, rules, "spec", "ingressRules")
}
