package bench

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/tack-dev/tack/activities/kube"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/stack"
)

// world is the environment that all benchmarks share.
type world struct {
	*stack.Stack
	kube     dynamic.Interface
	temporal client.Client
	aws      *gateway.Client
}

var w *world

func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() == "" {
		fmt.Println("this package has only benchmarks: run them with make bench")
		return
	}
	code, err := run(m)
	if err != nil {
		log.Fatal(err)
	}
	os.Exit(code)
}

// run starts an environment like `make up`, with the windows and time-outs of production, on free
// ports. If TACK_ENVIRONMENT names a running environment, run uses that one and leaves it running,
// so that a developer can inspect it.
func run(m *testing.M) (code int, err error) {
	ctx := context.Background()
	dir := os.Getenv("TACK_ENVIRONMENT")
	s, err := stack.Up(ctx, stack.Options{Dir: dir, Out: os.Stdout})
	if err != nil {
		return 1, err
	}
	if dir == "" {
		defer func() {
			if downErr := s.Down(ctx); err == nil {
				err = downErr
			}
		}()
	}
	if w, err = connect(ctx, s); err != nil {
		return 1, err
	}
	defer w.temporal.Close()
	code = m.Run()
	printFigures(os.Stdout)
	return code, nil
}

func connect(ctx context.Context, s *stack.Stack) (*world, error) {
	config, err := clientcmd.BuildConfigFromFlags("", s.Kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS = -1
	kubeClient, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	if err := writeMap(ctx, kubeClient); err != nil {
		return nil, err
	}
	temporal, err := client.DialContext(ctx, client.Options{HostPort: s.TemporalAddress})
	if err != nil {
		return nil, err
	}
	return &world{Stack: s, kube: kubeClient, temporal: temporal, aws: gateway.NewClient(s.GatewayURL)}, nil
}

// writeMap maps the accounts of all future teams.
func writeMap(ctx context.Context, c dynamic.Interface) error {
	roles := fields{}
	for n := range accounts {
		roles[accountNumber(n)] = roleIn(accountNumber(n))
	}
	m := &unstructured.Unstructured{Object: fields{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": fields{"name": corev1alpha1.ConfigMapRoleAccountMap}, "data": roles,
	}}
	force := metav1.ApplyOptions{FieldManager: "tack-bench", Force: true}
	_, err := c.Resource(kube.ConfigMaps).Namespace(stack.SystemNamespace).Apply(ctx, m.GetName(), m, force)
	return err
}

// accounts is how many accounts the role map contains.
const accounts = 50

// firstAccount differs from run to run: an environment may outlive a run.
var firstAccount = int(300_000_000_000 + time.Now().Unix()%10_000_000*accounts)

var lastAccount atomic.Int64

func accountNumber(n int) string { return fmt.Sprintf("%012d", firstAccount+n) }

func roleIn(account string) string { return "arn:aws:iam::" + account + ":role/tack" }

// team is a namespace in its own account, with a watch of its groups. Everything in the account
// belongs to the benchmark.
type team struct {
	name, account string
	groups        *groups
}

func newTeam(b *testing.B) *team {
	b.Helper()
	account := accountNumber(int(lastAccount.Add(1)) % accounts)
	t := &team{name: "bench-" + account, account: account}
	ns := &unstructured.Unstructured{Object: fields{"apiVersion": "v1", "kind": "Namespace", "metadata": fields{
		"name": t.name, "annotations": fields{corev1alpha1.AnnotationOwnerAccountID: account},
	}}}
	if _, err := w.kube.Resource(kube.Namespaces).Create(b.Context(), ns, metav1.CreateOptions{}); err != nil {
		b.Fatalf("creating namespace %s: %v", t.name, err)
	}
	t.groups = watchGroups(b, t.name)
	return t
}

// warm creates and removes a group, so that both workers have the account's credentials and every
// cache is filled.
func (t *team) warm(b *testing.B) {
	b.Helper()
	names := namesOf("warm", 6)
	t.createAll(b, names)
	t.deleteAll(b, names)
}

// within limits a wait; a longer wait is a failure.
func within(b *testing.B, d time.Duration) context.Context {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), d)
	b.Cleanup(cancel)
	return ctx
}
