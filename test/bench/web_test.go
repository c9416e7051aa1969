package bench

import (
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
)

// slow is how long AWS's slow states last in this benchmark.
const slow = 5 * time.Second

// Measures the network of config/samples/web, from apply to all Synced. Its longest chain is VPC,
// internet gateway, route table, subnet, NAT gateway, route table, subnet, instance. Two of those
// resources take AWS some time.
func BenchmarkNetwork(b *testing.B) {
	for b.Loop() {
		for _, kind := range []string{"natgateway", "instance"} {
			if err := w.AWS.SetStateTime(b.Context(), gateway.StateTime{Type: kind, State: "pending", Milliseconds: slow.Milliseconds()}); err != nil {
				b.Fatal(err)
			}
		}
		for _, order := range []struct {
			name    string
			reorder func([]scenario.Manifest)
		}{{"as written", func([]scenario.Manifest) {}}, {"worst order", slices.Reverse[[]scenario.Manifest]}} {
			t := newTeam(b)
			manifests, err := scenario.Network(t.Namespace)
			if err != nil {
				b.Fatal(err)
			}
			order.reorder(manifests)
			began := time.Now()
			for _, m := range manifests {
				if _, err := w.Kube.Resource(kubeapi.GVR(m.Kind)).Namespace(t.Namespace).Create(b.Context(), m.Unstructured, metav1.CreateOptions{}); err != nil {
					b.Fatal(err)
				}
			}
			for _, m := range manifests {
				if _, err := w.Object(m.Kind, t.Namespace, m.GetName()).AwaitSynced(within(b, limit)); err != nil {
					b.Fatal(err)
				}
			}
			beyond := time.Since(began) - 2*slow
			report(b, "s/"+strings.ReplaceAll(order.name, " ", "-"), beyond.Seconds(), "a network of 17 objects, "+order.name+", beyond AWS's slow states", short(beyond), "seconds")
		}
	}
}
