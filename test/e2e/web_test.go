package e2e

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
)

var webSeed = flag.Uint64("web.seed", uint64(time.Now().UnixNano()), "seed of the orders in which config/samples/web is applied")

// The network of config/samples/web converges to one result in every order. Each resource is
// created once, after the resources that it refers to. The deletion of the namespace then removes
// all of them.
func TestWebInAnyOrder(t *testing.T) {
	t.Parallel()
	t.Logf("shuffled by -web.seed=%d", *webSeed)
	random := rand.New(rand.NewPCG(*webSeed, 0))
	for name, reorder := range map[string]func([]scenario.Manifest){
		"worst first": slices.Reverse[[]scenario.Manifest],
		"shuffle 1":   shuffle(random.Uint64()),
		"shuffle 2":   shuffle(random.Uint64()),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			manifests, err := scenario.Network(team.name)
			if err != nil {
				t.Fatal(err)
			}
			reorder(manifests)
			since := lastSeq(t)
			said := listen(t, team)
			var objects []object
			for _, m := range manifests {
				spec, _, _ := unstructured.NestedMap(m.Object, "spec") // the spec came from YAML
				objects = append(objects, team.apply(t, m.Kind.Name(), m.GetName(), spec))
			}
			for _, o := range objects {
				o.wantOneCreate(t, o.awaitSynced(t))
			}
			wantInOrder(t, team, since)
			if name == "worst first" {
				said.want(t, "ec2.Instance app", "spec.subnetRef: Subnet "+team.name+"/private-a is not")
			}
			team.deleteNamespace(t)
			said.want(t, "ec2.VPC web", "still there: ")
			for _, s := range samples() {
				if n := s.count(t, team.account); n != 0 {
					t.Errorf("%d of kind %s remain in AWS", n, s.kind)
				}
			}
		})
	}
}

// wantInOrder checks by the journal that AWS refused nothing, and that no call named a resource
// before its owner was done with it.
func wantInOrder(t *testing.T, team team, since int64) {
	t.Helper()
	entries, err := w.AWS.Journal(t.Context(), gateway.Query{Account: team.account, Since: since})
	if err != nil {
		t.Fatalf("reading the journal: %v", err)
	}
	for _, words := range scenario.TooEarly(entries) {
		t.Error(words)
	}
}

func shuffle(seed uint64) func([]scenario.Manifest) {
	random := rand.New(rand.NewPCG(seed, 0))
	return func(all []scenario.Manifest) {
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
}

func (team team) deleteNamespace(t *testing.T) {
	t.Helper()
	if err := w.DeleteNamespace(within(t, 2*soon), team.name); err != nil {
		t.Fatalf("%v\n%s", err, team.left(t))
	}
}

// left returns the remaining objects of the team, for the message of a failed test.
func (team team) left(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, kind := range apis.Kinds() {
		list, err := w.Kube.Resource(kubeapi.GVR(kind)).Namespace(team.name).List(t.Context(), metav1.ListOptions{})
		if err != nil {
			continue
		}
		for _, u := range list.Items {
			fmt.Fprintln(&b, kind.Name(), u.GetName(), scenario.Condition(&u, corev1alpha1.ConditionTypeResourceSynced)["message"])
		}
	}
	return b.String()
}

// heard is what the objects of a team reported while they were not synced.
type heard struct {
	mu       sync.Mutex
	messages map[string][]string // by kind and name
}

// listen records, until the test ends, what a team's objects report.
func listen(t *testing.T, team team) *heard {
	t.Helper()
	h := &heard{messages: map[string][]string{}}
	err := w.Watch(t.Context(), team.name, func(kind apis.Kind, u *unstructured.Unstructured, _ bool) {
		h.note(kind.Name()+" "+u.GetName(), u)
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *heard) note(who string, u *unstructured.Unstructured) {
	message := scenario.Message(scenario.Condition(u, corev1alpha1.ConditionTypeResourceSynced))
	h.mu.Lock()
	defer h.mu.Unlock()
	if said := h.messages[who]; message != "" && (len(said) == 0 || said[len(said)-1] != message) {
		h.messages[who] = append(said, message)
	}
}

func (h *heard) want(t *testing.T, who, text string) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.ContainsFunc(h.messages[who], func(m string) bool { return strings.Contains(m, text) }) {
		t.Errorf("%s never reported %q, but %q", who, text, h.messages[who])
	}
}
