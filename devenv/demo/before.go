package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
)

// clearLimit is how long the deletion of earlier demos' objects may take. Objects that still exist
// then stay: something that a user created may depend on them.
const clearLimit = 20 * time.Second

// begin removes the objects of earlier demos, so that this demo finds no role map, and names its
// teams. Nothing here finalizes namespaces, so they stay, and each demo uses new ones. Each demo
// also uses new accounts, which contain only its own resources.
func (s *story) begin(ctx context.Context) error {
	earlier, err := s.Kube.Resource(kubeapi.Namespaces).List(ctx, metav1.ListOptions{LabelSelector: label})
	if err != nil {
		return fmt.Errorf("listing namespaces: %w", err)
	}
	for _, ns := range earlier.Items {
		n, _ := strconv.Atoi(ns.GetLabels()[label]) // another program's label counts as 0
		s.run = max(s.run, n)
	}
	if err = s.clear(ctx, earlier.Items); err != nil {
		return err
	}
	s.run++
	s.a = team{Namespace: fmt.Sprintf("team-a-%d", s.run), Account: strconv.Itoa(111_111_111_100 + s.run)}
	s.b = team{Namespace: fmt.Sprintf("team-b-%d", s.run), Account: strconv.Itoa(222_222_222_200 + s.run)}
	// A demo that deleted its namespaces may have used these accounts.
	if err = s.unmap(ctx, []string{s.a.Account, s.b.Account}); err != nil {
		return err
	}
	s.mark, err = s.AWS.LastSeq(ctx)
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	return nil
}

// clear deletes the objects of earlier demos, and their entries in the role map once no object
// needs them.
func (s *story) clear(ctx context.Context, namespaces []unstructured.Unstructured) error {
	began, deleted := time.Now(), 0
	for _, kind := range apis.Kinds() {
		list, err := s.Kube.Resource(kubeapi.GVR(kind)).List(ctx, metav1.ListOptions{LabelSelector: label})
		if err != nil {
			return fmt.Errorf("listing %s: %w", kind.Plural, err)
		}
		for _, u := range list.Items {
			if err := s.Kube.Resource(kubeapi.GVR(kind)).Namespace(u.GetNamespace()).Delete(ctx, u.GetName(), metav1.DeleteOptions{}); err != nil {
				return fmt.Errorf("deleting %s %s/%s: %w", kind.Kind, u.GetNamespace(), u.GetName(), err)
			}
			deleted++
		}
	}
	var done []string
	for ctx.Err() == nil {
		left := 0
		done = nil
		for _, ns := range namespaces {
			ours, all, err := s.count(ctx, ns.GetName())
			if err != nil {
				return err
			}
			if left += ours; all == 0 {
				done = append(done, ns.GetAnnotations()[corev1alpha1.AnnotationOwnerAccountID])
			}
		}
		if left == 0 || time.Since(began) > clearLimit {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if deleted > 0 {
		s.out.heading("Before the story")
		s.out.say("The %d objects of the previous demo and their AWS resources are deleted: %s.", deleted, took(began))
	}
	return s.unmap(ctx, done)
}

// count counts a namespace's objects: those of a demo, and all.
func (s *story) count(ctx context.Context, namespace string) (ours, all int, err error) {
	for _, kind := range apis.Kinds() {
		list, err := s.Kube.Resource(kubeapi.GVR(kind)).Namespace(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return 0, 0, fmt.Errorf("listing %s: %w", kind.Plural, err)
		}
		all += len(list.Items)
		for _, u := range list.Items {
			if u.GetLabels()[label] != "" {
				ours++
			}
		}
	}
	return ours, all, nil
}

// allowed begins the keys of the entries that name the namespaces of an account.
const allowed = "allowed-namespaces."

// unmap removes the entries that demos added to the role map for these accounts, and an empty map.
func (s *story) unmap(ctx context.Context, accounts []string) error {
	entries, exists, err := s.RoleMap(ctx)
	if !exists || err != nil {
		return err
	}
	removed := fields{}
	for _, account := range accounts {
		if entries[account] == scenario.RoleIn(account) {
			removed[account] = nil
		}
		if _, limited := entries[allowed+account]; limited {
			removed[allowed+account] = nil
		}
	}
	if len(removed) == len(entries) {
		return s.DropRoleMap(ctx)
	}
	return s.MapRoles(ctx, removed)
}

// took returns the time since then, in words.
func took(since time.Time) string { return seconds(time.Since(since)) }

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
