package e2e

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
)

// slowAPI is a proxy between the bridge and kube-apiserver. It delays the list of namespaces and
// can break every watch.
type slowAPI struct {
	*httptest.Server
	kubeconfig string // with the bridge's identity and this proxy's address
	late       time.Duration
	asked      chan struct{} // closed when the bridge has requested the namespaces

	mu      sync.Mutex
	hidden  string // path of a resource that the proxy hides
	watches map[int]context.CancelFunc
	next    int
	once    sync.Once
}

func newSlowAPI(t *testing.T, late time.Duration) *slowAPI {
	t.Helper()
	own := filepath.Join(w.Dir, "data", "kube", "bridge.kubeconfig")
	config, err := clientcmd.BuildConfigFromFlags("", own)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := rest.TransportFor(config)
	if err != nil {
		t.Fatal(err)
	}
	s := &slowAPI{late: late, asked: make(chan struct{}), watches: map[int]context.CancelFunc{}}
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport:     transport,
		FlushInterval: -1, // a watch is a stream
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	s.Server = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		ctx, done := s.begin(r)
		defer done()
		if s.hides(r.URL.Path) {
			http.NotFound(out, r) // like kube-apiserver
			return
		}
		if r.URL.Path == "/api/v1/namespaces" {
			s.once.Do(func() { close(s.asked) })
			select {
			case <-time.After(s.late):
			case <-ctx.Done():
			}
		}
		proxy.ServeHTTP(out, r.WithContext(ctx))
	}))
	t.Cleanup(s.Close)
	through, err := clientcmd.LoadFromFile(own)
	if err != nil {
		t.Fatal(err)
	}
	for _, cluster := range through.Clusters {
		cluster.Server, cluster.CertificateAuthorityData = s.URL, nil
	}
	s.kubeconfig = filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*through, s.kubeconfig); err != nil {
		t.Fatal(err)
	}
	return s
}

// begin counts a request, if it is a watch.
func (s *slowAPI) begin(r *http.Request) (ctx context.Context, done func()) {
	ctx, cancel := context.WithCancel(r.Context())
	if r.URL.Query().Get("watch") == "" {
		return ctx, cancel
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.next
	s.next++
	s.watches[n] = cancel
	return ctx, func() {
		cancel()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watches, n)
	}
}

// hide makes the cluster hide the resource of a path; an empty path hides nothing.
func (s *slowAPI) hide(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hidden = path
}

func (s *slowAPI) hides(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hidden != "" && strings.HasPrefix(path, s.hidden)
}

// serve restarts the bridge behind the proxy. After the test the bridge runs as before.
func (s *slowAPI) serve(t *testing.T) {
	t.Helper()
	bridge := w.Part(stack.Bridge)
	if err := bridge.Kill(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // the proxy ends with the test
		if err := bridge.Kill(); err != nil {
			t.Error(err)
		}
		if err := bridge.Start(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// cut breaks all watches, and returns how many there were.
func (s *slowAPI) cut() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, cancel := range s.watches {
		cancel()
	}
	return len(s.watches)
}

// Namespace, role and object arrive together. First the API server delays the list of namespaces;
// then all watches break. Tack calls AWS only with the mapped role, and all objects converge.
func TestStartUpWithLateAndBrokenWatches(t *testing.T) {
	mark := lastSeq(t)
	slow := newSlowAPI(t, 5*time.Second)
	slow.serve(t)
	bridge := w.Part(stack.Bridge)
	var objects []object
	var teams []team
	inOneGo := func(name string) {
		team := team{name: "late-" + name + "-", account: scenario.NewAccount()}
		team.name += team.account
		w.applyNamespace(t, team.name, fields{corev1alpha1.AnnotationOwnerAccountID: team.account})
		for _, s := range []sample{sampleOf("ec2.VPC"), sampleOf("iam.Policy")} {
			objects = append(objects, team.apply(t, s.kind, "one", s.spec()))
		}
		w.mapRole(t, team.account, scenario.RoleIn(team.account))
		teams = append(teams, team)
	}
	inOneGo("before")
	started := make(chan error, 1)
	go func() {
		started <- bridge.StartWith(context.WithoutCancel(t.Context()), "--kubeconfig", slow.kubeconfig)
	}()
	<-slow.asked
	inOneGo("meanwhile")
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	inOneGo("after")
	if n := slow.cut(); n == 0 {
		t.Error("there was no watch to cut")
	}
	inOneGo("cut")
	for _, o := range objects {
		o.wantOneCreate(t, o.awaitSynced(t))
	}
	slow.cut()
	last := teams[0]
	w.mapRole(t, last.account, "")
	waiting := last.apply(t, "ec2.VPC", "late", vpcSpec())
	waiting.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "IAM Role is not available")
	slow.cut()
	w.mapRole(t, last.account, scenario.RoleIn(last.account))
	waiting.wantOneCreate(t, waiting.awaitSynced(t))
	teams[0].wantOwnRole(t, waiting)
	for i, o := range objects {
		teams[i/2].wantOwnRole(t, o)
	}
	allowed := map[string]bool{}
	for _, team := range teams {
		allowed[scenario.RoleIn(team.account)] = true
		w.checkHistories(t, team.name)
	}
	// This includes calls without an object.
	counts, err := w.AWS.Counts(t.Context(), mark)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counts {
		if c.Action != "AssumeRole" && !allowed[c.Principal] {
			t.Errorf("%s was called as %s", c.Action, c.Principal)
		}
	}
}

// wantOwnRole checks that only the team's role was used for an object.
func (team team) wantOwnRole(t *testing.T, o object) {
	t.Helper()
	if diff := cmp.Diff([]string{scenario.RoleIn(team.account)}, team.principals(t, o)); diff != "" {
		t.Errorf("callers for %s (-want +got):\n%s", o.ref, diff)
	}
}
