package kube

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/record"

	"github.com/tack-dev/tack/resource"
)

// rulesOf returns n rules as a status shows them, with the longest description.
func rulesOf(n int) (rules []any) {
	for i := range n {
		rules = append(rules, fields{"securityGroupRuleID": fmt.Sprintf("sgr-%017d", i), "isEgress": i%2 == 0, "description": strings.Repeat("x", 255), "fromPort": int64(i)})
	}
	return rules
}

// shortening reports a status of a group with 2,000 rules.
type shortening struct {
	*testing.T
	server *server
	events *record.FakeRecorder
	kube   *Activities
}

func newShortening(t *testing.T) shortening {
	events := record.NewFakeRecorder(10)
	s := &server{objects: complete(), before: map[string]func() error{}}
	s.objects.Set("7", "metadata", "resourceVersion")
	s.objects.Set(rulesOf(2000), "spec", "ingressRules")
	return shortening{t, s, events, New(s, settings, events, nil)}
}

// tell reports whether it wrote anything.
func (s shortening) tell(rules []any) bool {
	s.Helper()
	r := resource.Report{Ref: groupRef, UID: "uid-1", State: resource.Synced, Digest: "d", Generation: 1}
	if rules != nil {
		r.Status, _ = json.Marshal(fields{"rules": rules, "tags": []any{"a"}, "ownerID": "1"})
	}
	written, err := s.kube.PatchStatus(s.Context(), r)
	if err != nil {
		s.Fatal(err)
	}
	return written.Changed
}

// want checks the number of rules in the status, and the report of what is left out.
func (s shortening) want(what string, rules int, tags bool, left string) {
	s.Helper()
	status, said := s.server.objects.Group()["status"].(fields), ""
	for _, c := range status["conditions"].([]any) {
		if c := c.(fields); c["reason"] == resource.ReasonStatusShortened {
			said, _, _ = strings.Cut(c["message"].(string), ": ")
		}
	}
	shown, _ := status["rules"].([]any)
	if len(shown) != rules || (status["tags"] != nil) != tags || status["ownerID"] != "1" || said != left {
		s.Errorf("%s: %d rules, tags %v, left out %q; want %d, %t, %q", what, len(shown), status["tags"], said, rules, tags, left)
	}
}

// A status that would make the object too large loses its longest list, and the object reports that
// once. With fewer rules, the list is shown again.
func TestStatusIsShortened(t *testing.T) {
	s := newShortening(t)
	if !s.tell(rulesOf(2000)) {
		t.Error("nothing is written")
	}
	s.want("many rules", 0, true, "status.rules")
	if events := len(s.events.Events); events != 2 {
		t.Errorf("%d events, want the advice and the state", events)
	}
	if s.tell(rulesOf(2000)) || s.tell(nil) {
		t.Error("the same is written again")
	}
	s.want("a report without a status", 0, true, "status.rules")
	s.tell(rulesOf(10))
	s.want("fewer rules", 10, true, "")
	// Without lists, an object may be larger: the spec has its own limit.
	s.server.objects.Set(strings.Repeat("x", maxObject), "spec", "description")
	s.tell(rulesOf(10))
	s.want("a large spec", 0, false, "status.rules, status.tags")
}

// If the object can no longer be written, an event names the remedy, and the write is retried once
// a minute.
func TestObjectTooLarge(t *testing.T) {
	for name, refusal := range map[string]error{
		"by the API server": apierrors.NewRequestEntityTooLargeError("limit is 3145728"),
		"by etcd":           apierrors.NewInternalError(errors.New("etcdserver: request is too large")),
		"by the client":     errors.New("rpc error: code = ResourceExhausted desc = trying to send message larger than max (2097200 vs. 2097152)"),
	} {
		recorder := record.NewFakeRecorder(10)
		s := &server{objects: complete(), before: map[string]func() error{"status": func() error { return refusal }}}
		s.objects.Set("7", "metadata", "resourceVersion")
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
