package kube

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/record"

	"github.com/tack-dev/tack/resource"
)

// rulesOf are n rules as a status shows them, with the longest description.
func rulesOf(n int) (rules []any) {
	for i := range n {
		rules = append(rules, fields{"securityGroupRuleID": fmt.Sprintf("sgr-%017d", i), "isEgress": i%2 == 0, "description": strings.Repeat("x", 255), "fromPort": int64(i)})
	}
	return rules
}

// A status that would make the object too large is shown without its longest list, once;
// the object says so. With fewer rules they are shown again.
func TestStatusIsShortened(t *testing.T) {
	recorder := record.NewFakeRecorder(10)
	s := &server{objects: complete(), before: map[string]func() error{}}
	s.objects.set("7", "metadata", "resourceVersion")
	s.objects.set(rulesOf(2000), "spec", "ingressRules")
	a := New(s, settings, recorder, nil)
	tell := func(rules []any, extra ...resource.Advice) resource.Written {
		t.Helper()
		r := resource.Report{Ref: groupRef, UID: "uid-1", State: resource.Synced, Digest: "d", Generation: 1, Advices: extra}
		if rules != nil {
			r.Status, _ = json.Marshal(fields{"rules": rules, "tags": []any{"a"}, "ownerID": "1"})
		}
		written, err := a.PatchStatus(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		return written
	}
	status := func() fields { return s.objects.group()["status"].(fields) }
	advice := func() string {
		for _, c := range status()["conditions"].([]any) {
			if c := c.(fields); c["reason"] == resource.ReasonStatusShortened {
				return c["message"].(string)
			}
		}
		return ""
	}
	if !tell(rulesOf(2000)).Changed || status()["rules"] != nil || status()["tags"] == nil || status()["ownerID"] != "1" {
		t.Errorf("the status has %v", sizeOf(status()))
	}
	if !strings.HasPrefix(advice(), "status.rules: not shown") || !strings.Contains(advice(), "Make the spec smaller") {
		t.Errorf("it says %q", advice())
	}
	if events := len(recorder.Events); events != 2 {
		t.Errorf("%d events, want the advice and the state", events)
	}
	if tell(rulesOf(2000)).Changed {
		t.Error("the same is written again")
	}
	if tell(nil).Changed {
		t.Error("a report without a status takes the advice away")
	}
	if !tell(rulesOf(10)).Changed || len(status()["rules"].([]any)) != 10 || advice() != "" {
		t.Errorf("fewer rules: %v, %q", sizeOf(status()["rules"]), advice())
	}
	// What the spec holds may grow up to its own bound, and the status does not stand in
	// the way: without its lists an object may be larger.
	s.objects.set(strings.Repeat("x", maxObject), "spec", "description")
	if !tell(rulesOf(10)).Changed || status()["rules"] != nil || status()["tags"] != nil {
		t.Errorf("a large spec: the status has %v", sizeOf(status()))
	}
	if want := []string{"status.rules, status.tags: not shown"}; !slices.ContainsFunc(want, func(w string) bool { return strings.HasPrefix(advice(), w) }) {
		t.Errorf("it says %q", advice())
	}
}

// Where nothing can be written on an object any more, an event says what to do, and the
// write is tried again once a minute.
func TestObjectTooLarge(t *testing.T) {
	for name, refusal := range map[string]error{
		"by the API server": apierrors.NewRequestEntityTooLargeError("limit is 3145728"),
		"by etcd":           apierrors.NewInternalError(errors.New("etcdserver: request is too large")),
		"by the client":     errors.New("rpc error: code = ResourceExhausted desc = trying to send message larger than max (2097200 vs. 2097152)"),
	} {
		recorder := record.NewFakeRecorder(10)
		s := &server{objects: complete(), before: map[string]func() error{"status": func() error { return refusal }}}
		s.objects.set("7", "metadata", "resourceVersion")
		_, err := New(s, settings, recorder, nil).PatchStatus(t.Context(), resource.Report{Ref: groupRef, UID: "uid-1", State: resource.Synced})
		if err == nil || !strings.Contains(err.Error(), "make its spec or its annotations smaller") {
			t.Errorf("%s: %v", name, err)
		}
		select {
		case event := <-recorder.Events:
			if !strings.HasPrefix(event, "Warning ObjectTooLarge the API server stores nothing more") {
				t.Errorf("%s: event %q", name, event)
			}
		default:
			t.Errorf("%s: no event", name)
		}
	}
}
