package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// leftAloneOf returns a bridge with many VPCs of another controller, and one with a refused
// annotation and a damaged claim. All of them report that.
func leftAloneOf(t *testing.T, many int) (watched, *runs) {
	t.Helper()
	w, r, _ := idle(t, 0)
	kind := kindNamed(t, "ec2.VPC")
	add := func(name string, metadata, status fields) resource.Ref {
		u := thing("ec2.services.k8s.aws/v1alpha1", "VPC", "ns", name, metadata)
		u.Object["spec"], u.Object["status"] = fields{}, status
		if err := w.client.Tracker().Create(kubeapi.GVR(kind), u, "ns"); err != nil {
			t.Fatal(err)
		}
		ref := vpcRef(name)
		for deadline := time.Now().Add(10 * time.Second); w.level(t, ref).Gone; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("the watch does not see %s", ref)
			}
		}
		return ref
	}
	for n := range many {
		add(fmt.Sprint("ack-", n), nil, fields{"vpcID": "vpc-1", "conditions": []any{fields{
			"type": "ACK.Advisory", "status": "True", "reason": resource.ReasonOtherController, "message": "the status tells of vpc-1, which does not carry the tags of this object",
		}}})
	}
	refused := add("refused", fields{"annotations": fields{corev1alpha1.AnnotationReadOnly: "yes", level.AnnotationClaim: "{"}}, fields{})
	w.patch(t, kubeapi.GVR(kind), "ns", "refused", fields{"status": fields{
		resource.StatusInputsDigest: w.level(t, refused).Digest, "conditions": []any{fields{"type": "ACK.Terminal", "status": "True"}},
	}})
	time.Sleep(settling + 100*time.Millisecond)
	w.drain()
	return w, r
}

func vpcRef(name string) resource.Ref {
	return resource.Ref{Kind: "ec2.VPC", Cluster: "dev", Namespace: "ns", Name: name}
}

// A verdict about another controller's resource, or from an input alone, is reported once: a start
// of the bridge leaves such objects alone. With another role, AWS may show other tags.
func TestAStartLeavesAlone(t *testing.T) {
	w, _ := leftAloneOf(t, 1)
	sent := &pokes{}
	w.temporal = sent
	for _, name := range []string{"ack-0", "refused"} {
		if err := w.wake(t.Context(), item{ref: vpcRef(name), reason: "added", check: true}); err != nil || len(sent.sent) > 0 {
			t.Errorf("a start wakes %s: %v", name, err)
		}
	}
	for _, name := range []string{"refused", "ack-0"} {
		if err := w.wake(t.Context(), item{ref: vpcRef(name), reason: "role map changed", check: true, role: true}); err != nil {
			t.Fatal(err)
		}
	}
	if len(sent.sent) != 1 || sent.sent[0].UID != "ns/ack-0" {
		t.Errorf("another role: poked with %+v, want once, for the other controller's", sent.sent)
	}
}

// Rounds leave them alone as well. AWS's tags are observed once an hour, at spread times.
func TestTagsAreLookedAtSeldom(t *testing.T) {
	const many = 50
	w, r := leftAloneOf(t, many)
	known := map[resource.Ref]*unsettledObject{}
	for range 3 {
		if woken := w.goRound(t, known); len(woken) > 0 || w.queue.Len() > 0 {
			t.Errorf("woken: %v", woken)
		}
	}
	if len(known) != many || r.lists+r.described > 0 {
		t.Fatalf("%d are looked at, want %d; %d questions to Temporal, want none", len(known), many, r.lists+r.described)
	}
	soonest, latest := spread(known)
	if soonest < tagsRest/2-time.Minute || latest > tagsRest*3/2 || latest-soonest < tagsRest/4 {
		t.Errorf("looked at in %s to %s", soonest, latest)
	}
	due := known[vpcRef("ack-7")]
	due.next = time.Time{}
	if err := w.scan(t.Context(), known); err != nil {
		t.Fatal(err)
	}
	if n := w.queue.Len(); n != 1 {
		t.Fatalf("%d are woken, want 1", n)
	}
	if it, _ := w.queue.Get(); it.ref != vpcRef("ack-7") || !it.force || time.Until(due.next) < tagsRest-time.Minute {
		t.Errorf("woken: %+v, next in %s", it, time.Until(due.next))
	}
}

// spread returns the times of the first and the last observation.
func spread(known map[resource.Ref]*unsettledObject) (soonest, latest time.Duration) {
	soonest = tagsRest * 2
	for _, s := range known {
		soonest, latest = min(soonest, time.Until(s.next)), max(latest, time.Until(s.next))
	}
	return soonest, latest
}
