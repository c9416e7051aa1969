package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/tack-dev/tack/activities/kube"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/stack"
)

// waiting is how many groups wait for the role of one account: more would take two
// cores minutes for all else that a pass does.
const waiting = 300

// How long it takes from the entry in the role map until the first and the last
// of many waiting groups is past the gate: until AWS is called for it. Their
// creates are refused, for it is the gate that is measured, not moto.
func BenchmarkGate(b *testing.B) {
	for b.Loop() {
		t := newTeam(b)
		mapRole(b, t.account, nil)
		if _, err := w.aws.AddRule(b.Context(), gateway.Rule{
			Account: t.account, Action: gateway.Actions{"CreateSecurityGroup"}, Fault: gateway.FaultError, Status: 403, Code: "UnauthorizedOperation", Message: "not now",
		}); err != nil {
			b.Fatal(err)
		}
		names := namesOf("waiting", waiting)
		each(b, names, t.create)
		t.await(b, names, because("RoleNotMapped"))
		mark := lastSeq(b)
		mapped := time.Now()
		mapRole(b, t.account, roleIn(t.account))
		t.await(b, names, because("UnauthorizedOperation"))
		first, last, assumed := pastTheGate(b, t, mark, mapped)
		report(b, "s/first", first.Seconds(), fmt.Sprintf("%d groups waiting for a role, entry in the map to the first call", waiting), short(first), "2 s")
		report(b, "s/last", last.Seconds(), "    to the last one's first call", short(last), "30 s")
		report(b, "AssumeRole", float64(assumed), "    AssumeRole, two workers", fmt.Sprint(assumed), "one each")
		each(b, names, func(ctx context.Context, name string) error {
			return w.kube.Resource(kube.GVR(securityGroup)).Namespace(t.name).Delete(ctx, name, metav1.DeleteOptions{})
		})
		t.await(b, names, absent)
	}
}

// because is a group that is not synced for that reason.
func because(reason string) func(*unstructured.Unstructured) bool {
	return func(u *unstructured.Unstructured) bool { return u != nil && syncedCondition(u)["reason"] == reason }
}

// pastTheGate is when the first and the last group of a team had its first call.
func pastTheGate(b *testing.B, t *team, mark int64, since time.Time) (first, last time.Duration, assumed int) {
	b.Helper()
	entries, err := w.aws.Journal(b.Context(), gateway.Query{Since: mark})
	if err != nil {
		b.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range entries {
		if e.Action == "AssumeRole" {
			assumed++
		}
		if e.Account != t.account || e.Owner == "" || seen[e.Owner] {
			continue
		}
		seen[e.Owner] = true
		if last = e.Time.Sub(since); len(seen) == 1 {
			first = last
		}
	}
	if len(seen) != waiting {
		b.Errorf("AWS was called for %d groups, want %d", len(seen), waiting)
	}
	return first, last, assumed
}

func mapRole(b *testing.B, account string, role any) {
	b.Helper()
	patch, err := json.Marshal(fields{"data": fields{account: role}})
	if err != nil {
		b.Fatal(err)
	}
	maps := w.kube.Resource(kube.ConfigMaps).Namespace(stack.SystemNamespace)
	if _, err := maps.Patch(b.Context(), corev1alpha1.ConfigMapRoleAccountMap, types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		b.Fatal(err)
	}
}
