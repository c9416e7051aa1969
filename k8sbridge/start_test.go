package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/skew"
)

// signals passes on what a bridge that runs sends to Temporal.
type signals struct {
	client.Client
	sent chan resource.Poke
}

func (s signals) SignalWithStartWorkflow(_ context.Context, _, _ string, arg any, _ client.StartWorkflowOptions, _ any, _ ...any) (client.WorkflowRun, error) {
	s.sent <- arg.(resource.Poke)
	return nil, nil
}

// within returns the first poke that fits, or reports that none came in that time.
func (s signals) within(d time.Duration, fits func(resource.Poke) bool) bool {
	for end := time.After(d); ; {
		select {
		case p := <-s.sent:
			if fits(p) {
				return true
			}
		case <-end:
			return false
		}
	}
}

// startBridge starts a bridge of a fake cluster. It stops with the test.
func startBridge(t *testing.T, with func(*bridge), of func(dynamic.Interface) dynamic.Interface, objects ...runtime.Object) (watched, signals) {
	t.Helper()
	cluster, outlines := clusterOf(t, nil, objects...)
	s := signals{sent: make(chan resource.Poke, 1000)}
	b := newTestBridge(t, s, of(cluster), outlines)
	with(b)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(func() {
		cancel()
		b.stop()
	})
	started := make(chan error, 1)
	go func() { started <- b.start(ctx) }()
	select {
	case err := <-started:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the bridge does not start")
	}
	return watched{b, cluster, outlines}, s
}

// hung is a cluster that answers no list of one resource until answer is closed.
type hung struct {
	dynamic.Interface
	gvr    schema.GroupVersionResource
	answer chan struct{}
}

type hungResource struct {
	dynamic.NamespaceableResourceInterface
	answer chan struct{}
}

type hungList struct {
	dynamic.ResourceInterface
	answer chan struct{}
}

// IsWatchListSemanticsUnSupported reports the limit of the fake client.
func (hung) IsWatchListSemanticsUnSupported() bool { return true }

func (h hung) Resource(gvr schema.GroupVersionResource) dynamic.NamespaceableResourceInterface {
	if gvr != h.gvr {
		return h.Interface.Resource(gvr)
	}
	return hungResource{h.Interface.Resource(gvr), h.answer}
}

func (h hungResource) Namespace(namespace string) dynamic.ResourceInterface {
	return hungList{h.NamespaceableResourceInterface.Namespace(namespace), h.answer}
}

func (h hungResource) List(ctx context.Context, options metav1.ListOptions) (*unstructured.UnstructuredList, error) {
	return hungList{h.NamespaceableResourceInterface, h.answer}.List(ctx, options)
}

func (h hungList) List(ctx context.Context, options metav1.ListOptions) (*unstructured.UnstructuredList, error) {
	select {
	case <-h.answer:
		return h.ResourceInterface.List(ctx, options)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// A list that never answers delays only its own kind. The page names it, and the kind starts when
// the answer comes.
func TestASilentListDelaysNoOtherKind(t *testing.T) {
	for name, silent := range map[string]schema.GroupVersionResource{
		"a kind":         kubeapi.GVR(kindNamed(t, "ec2.VPC")),
		"the namespaces": kubeapi.Namespaces,
		"the role maps":  kubeapi.ConfigMaps,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := make(chan struct{})
			w, s := startBridge(t, func(b *bridge) { b.watches.patience = 500 * time.Millisecond },
				func(all dynamic.Interface) dynamic.Interface { return hung{all, silent, answer} },
				namespaceOf("ns", nil),
				thing("ec2.services.k8s.aws/v1alpha1", "VPC", "ns", "vpc", nil),
				thing("iam.services.k8s.aws/v1alpha1", "Role", "ns", "role", nil))
			of := func(uid string) func(resource.Poke) bool {
				return func(p resource.Poke) bool { return p.UID == uid }
			}
			if !s.within(10*time.Second, of("ns/role")) {
				t.Error("a kind with a list is not woken")
			}
			page := w.watches.failing()
			if want := ": the API server has sent no complete list of " + silent.GroupResource().String() + " yet"; len(page) != 1 || !strings.HasSuffix(page[0], want) {
				t.Errorf("the page names %q, want one line that ends with %q", page, want)
			}
			close(answer)
			if silent.Resource == "vpcs" && !s.within(10*time.Second, of("ns/vpc")) {
				t.Error("the kind does not start with the answer")
			}
			for deadline := time.Now().Add(10 * time.Second); len(w.watches.failing()) > 0; time.Sleep(time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("after the answer, the page still names %q", w.watches.failing())
				}
			}
		})
	}
}

// A list that takes shorter than the patience is waited for: nothing is woken before it.
func TestASlowListIsAwaited(t *testing.T) {
	answer := make(chan struct{})
	answered := make(chan time.Time, 1)
	time.AfterFunc(500*time.Millisecond, func() {
		answered <- time.Now()
		close(answer)
	})
	w, _ := startBridge(t, func(*bridge) {}, func(all dynamic.Interface) dynamic.Interface { return hung{all, kubeapi.Namespaces, answer} }, namespaceOf("ns", nil))
	select {
	case <-answered:
	default:
		t.Error("the bridge starts before the answer")
	}
	if page := w.watches.failing(); len(page) > 0 || !w.namespaces.HasSynced() {
		t.Errorf("the namespaces are listed: %t; the page names %q", w.namespaces.HasSynced(), page)
	}
}

// A bridge with a wrong clock sets a reminder before its first activity. The activity shows
// Temporal's clock, here this machine's, and the reminder rings by that clock. Its early run, if
// any, writes nothing.
func TestARemindersTimeIsTemporals(t *testing.T) {
	for name, c := range map[string]struct {
		off     time.Duration // of the bridge's clock
		early   bool          // it rings once before its time
		learned time.Duration // time of the first activity, after the time of the next try
	}{
		"two minutes ahead":                          {2 * time.Minute, true, -4 * time.Second},
		"two minutes behind":                         {-2 * time.Minute, false, -4 * time.Second},
		"two minutes behind, learned after its time": {-2 * time.Minute, false, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ref := vpcRef("vpc")
			kind := kindNamed(t, ref.Kind)
			vpc := thing("ec2.services.k8s.aws/v1alpha1", "VPC", "ns", "vpc", nil)
			vpc.Object["spec"] = fields{}
			w, s := startBridge(t, func(b *bridge) { skew.Run(t, c.off, b.settings.Clock.Learn) },
				func(all dynamic.Interface) dynamic.Interface { return all }, namespaceOf("ns", nil), vpc)
			at := time.Now().Add(7 * time.Second).Truncate(time.Second)
			w.patch(t, kubeapi.GVR(kind), "ns", "vpc", fields{"status": fields{
				resource.StatusInputsDigest: w.level(t, ref).Digest, resource.StatusNextTry: at.UTC().Format(time.RFC3339),
			}})
			rings := func(p resource.Poke) bool { return p.Reason == reminder(ref).reason }
			if early := s.within(time.Until(at.Add(c.learned)), rings); early != c.early {
				t.Fatalf("before the first activity, it rings: %t, want %t", early, c.early)
			}
			time.Sleep(time.Until(at.Add(c.learned)))
			skew.Run(t, 0, w.settings.Clock.Learn)
			if s.within(time.Until(at), rings) {
				t.Error("it rings before its time")
			}
			if !s.within(15*time.Second, rings) {
				t.Error("it does not ring at its time")
			}
		})
	}
}
