package main

import (
	"errors"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// answers lets a test choose the answer to a list of each resource.
type answers struct {
	mu sync.Mutex
	of map[string]error // by plural
}

func (a *answers) set(plural string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.of[plural] = err
}

func (a *answers) react(action clienttesting.Action) (bool, runtime.Object, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	err := a.of[action.GetResource().Resource]
	return err != nil, nil, err
}

// A kind with a missing definition or a forbidden list delays no other kind. It is named with the
// remedy, and starts after that.
func TestEachKindStartsByItself(t *testing.T) {
	vpcs, policies := kubeapi.GVR(kindNamed(t, "ec2.VPC")), kubeapi.GVR(kindNamed(t, "iam.Policy"))
	a := &answers{of: map[string]error{
		vpcs.Resource:     apierrors.NewNotFound(vpcs.GroupResource(), ""),
		policies.Resource: apierrors.NewForbidden(policies.GroupResource(), "", errors.New("no rule")),
	}}
	w := newWatchedWith(t, a.react, namespaceOf("ns", nil),
		thing("ec2.services.k8s.aws/v1alpha1", "VPC", "ns", "vpc", nil),
		thing("iam.services.k8s.aws/v1alpha1", "Policy", "ns", "policy", nil),
		thing("iam.services.k8s.aws/v1alpha1", "Role", "ns", "role", nil))
	if _, err := w.Get(t.Context(), kubeapi.GVR(kindNamed(t, "iam.Role")), "ns", "role"); err != nil {
		t.Errorf("a kind that can be listed: %v", err)
	}
	page := strings.Join(w.watches.failing(), "\n")
	for _, want := range []string{
		"not watching ec2.VPC: the cluster does not serve vpcs.ec2.services.k8s.aws in version v1alpha1: install its CustomResourceDefinition",
		"not watching iam.Policy: the bridge may not list and watch policies.iam.services.k8s.aws: apply config/rbac/k8sbridge.yaml",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	// An unwatched resource is read live, with the API server's own answer.
	if l, err := level.Read(t.Context(), w, w.settings, kindNamed(t, "ec2.VPC"), resource.Ref{Kind: "ec2.VPC", Cluster: "dev", Namespace: "ns", Name: "vpc"}); err != nil || l.Gone {
		t.Errorf("an object that is not watched: %+v, %v", l.Gone, err)
	}
	w.drain()
	a.set(vpcs.Resource, nil)
	w.wantWoken(t, "a definition that is installed", "ns/vpc")
	a.set(policies.Resource, nil)
	w.wantWoken(t, "a permission that is granted", "ns/policy")
	if page := w.watches.failing(); len(page) > 0 {
		t.Errorf("the page names what works: %q", page)
	}
	a.set(vpcs.Resource, errors.New("not listed again"))
	if page := w.watches.failing(); len(page) > 0 {
		t.Errorf("a watch that lasts is named: %q", page)
	}
}

func kindNamed(t *testing.T, name string) apis.Kind {
	t.Helper()
	kind, ok := apis.ByName(name)
	if !ok {
		t.Fatalf("no kind %s", name)
	}
	return kind
}

// However long the API server was away, the source asks again within two seconds. For an error that
// only a person can change, it asks within five.
func TestPausesAreBounded(t *testing.T) {
	refused := &url.Error{Op: "Get", URL: "https://127.0.0.1:6443", Err: syscall.ECONNREFUSED}
	missing := apierrors.NewNotFound(definitions.GroupResource(), "")
	for attempt := range 100 {
		if p := pauseAfter(attempt, refused); p > longestPause || p < firstPause/2 {
			t.Errorf("attempt %d: a pause of %s", attempt, p)
		}
		if p := pauseAfter(attempt, missing); p > missingPause {
			t.Errorf("attempt %d at what is missing: a pause of %s", attempt, p)
		}
	}
	if first, late := pauseAfter(0, missing), pauseAfter(50, missing); first > firstPause || late < missingPause/2 {
		t.Errorf("pauses of %s and %s: want them to grow", first, late)
	}
}

// Errors that the reflector handles reach it; all others stay with the source.
func TestWhatReachesTheReflector(t *testing.T) {
	gr := definitions.GroupResource()
	tooLarge := apierrors.NewTimeoutError("too large", 1)
	tooLarge.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: metav1.CauseTypeResourceVersionTooLarge}}
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"expired":         {apierrors.NewResourceExpired("old"), true},
		"too large":       {tooLarge, true},
		"no streams":      {apierrors.NewInvalid(definitions.GroupVersion().WithKind("x").GroupKind(), "x", nil), true},
		"a bad request":   {apierrors.NewBadRequest("x"), true},
		"a timeout":       {apierrors.NewTimeoutError("slow", 1), false},
		"not there":       {apierrors.NewNotFound(gr, ""), false},
		"forbidden":       {apierrors.NewForbidden(gr, "", nil), false},
		"busy":            {apierrors.NewTooManyRequests("busy", 1), false},
		"an error inside": {apierrors.NewInternalError(errors.New("x")), false},
		"no connection":   {&url.Error{Err: syscall.ECONNREFUSED}, false},
	} {
		if got := reflects(c.err); got != c.want {
			t.Errorf("%s: reaches the reflector: %t, want %t", name, got, c.want)
		}
	}
}

// For a foreign definition, the informer keeps only the name. It keeps no annotations, because
// kubectl may store a whole schema in one.
func TestDefinitionsAreKeptByName(t *testing.T) {
	long := strings.Repeat("x", 1<<16)
	kept, err := nameOnly(&metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{
		Name: "a.example.com", UID: "1", ResourceVersion: "2", Annotations: map[string]string{"kubectl.kubernetes.io/last-applied-configuration": long},
		Labels: map[string]string{"a": long}, ManagedFields: []metav1.ManagedFieldsEntry{{Manager: long}}, CreationTimestamp: metav1.NewTime(time.Now()),
	}})
	if err != nil {
		t.Fatal(err)
	}
	got := kept.(*metav1.PartialObjectMetadata)
	if got.Name != "a.example.com" || got.ResourceVersion != "2" || got.Size() > 200 {
		t.Errorf("kept %d bytes: %v", got.Size(), got)
	}
}
