package stack

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// lanes is how many builds run at a time: the compiler uses both cores of a small machine, the
// linker uses one.
const lanes = 2

// build is one or more programs that go build compiles, one after the other.
type build struct {
	module   string // folder of the module, below the root
	programs []program
	// stamped builds are skipped while the module is unchanged. The Go command would detect that
	// too, but takes a second or more for so many packages.
	stamped bool
	ldflags string
}

type program struct{ name, pkg string }

// builds lists all builds, longest first.
func builds(root string) ([]build, error) {
	kubeModule := filepath.Join("devenv", "kubernetes")
	kube, err := requiredVersion(root, kubeModule, "k8s.io/kubernetes")
	if err != nil {
		return nil, err
	}
	kubernetes := build{module: kubeModule, stamped: true, ldflags: versionFlags(kube)}
	kubernetes.programs = []program{{APIServer, "k8s.io/kubernetes/cmd/kube-apiserver"}}
	if _, err := exec.LookPath("kubectl"); err != nil {
		kubernetes.programs = append(kubernetes.programs, program{"kubectl", "k8s.io/kubernetes/cmd/kubectl"})
	}
	kubernetes.programs = append(kubernetes.programs, program{Namespaces, "."})
	return []build{
		kubernetes,
		{module: filepath.Join("devenv", "temporal"), stamped: true, programs: []program{{Temporal, "."}}},
		{module: ".", programs: []program{
			// In this order each build finds most of its packages compiled by the previous one.
			{"worker", "./worker"}, {Bridge, "./k8sbridge"}, {"starter", "./starter"}, {Gateway, "./devenv/gateway/cmd"},
		}},
		{module: filepath.Join("devenv", "etcd"), stamped: true, programs: []program{{Etcd, "."}}},
	}, nil
}

// versionFlags sets the versions of the servers, which otherwise come from Kubernetes' own build.
func versionFlags(version string) string {
	const pkg = "k8s.io/component-base/version"
	n := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	return fmt.Sprintf("-X %s.gitVersion=%s -X %s.gitMajor=%s -X %s.gitMinor=%s", pkg, version, pkg, n[0], pkg, n[1])
}

// requiredVersion returns the version of dependency in the go.mod of module.
func requiredVersion(root, module, dependency string) (string, error) {
	path := filepath.Join(root, module, "go.mod")
	mod, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	line := regexp.MustCompile(`(?m)^(?:require)?\s+` + regexp.QuoteMeta(dependency) + `\s+(v\d+\.\d+\.\S+)`)
	m := line.FindSubmatch(mod)
	if m == nil {
		return "", fmt.Errorf("reading %s: it does not require %s", path, dependency)
	}
	return string(m[1]), nil
}

func binDir(root string) string { return filepath.Join(root, ".tack", "bin") }

// Build makes all programs and moto's virtual environment below .tack, unless they are up to date.
// It prints a line of progress every few seconds.
func Build(ctx context.Context, root string, out io.Writer) error {
	return buildAll(ctx, root, newProgress(out))
}

func buildAll(ctx context.Context, root string, out *progress) error {
	// Environments share the programs, so only one environment builds at a time.
	unlock, err := lock(ctx, binDir(root), out)
	if err != nil {
		return err
	}
	defer unlock()
	all, err := builds(root)
	if err != nil {
		return err
	}
	busy := &activity{began: map[string]time.Time{}}
	defer out.every(5*time.Second, busy.line)()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := makeVenv(ctx, root, out, busy); err != nil {
			return err
		}
		return writeMotoServer(root)
	})
	g.Go(func() error {
		builds, building := errgroup.WithContext(ctx)
		builds.SetLimit(lanes)
		for _, b := range all {
			builds.Go(func() error { return b.run(building, root, out, busy) })
		}
		return builds.Wait()
	})
	return g.Wait()
}

func (b build) run(ctx context.Context, root string, out *progress, busy *activity) error {
	for _, p := range b.programs {
		if err := b.make(ctx, root, p, out, busy); err != nil {
			return err
		}
	}
	return nil
}

func (b build) make(ctx context.Context, root string, p program, out *progress, busy *activity) error {
	path := filepath.Join(binDir(root), p.name)
	want, err := b.stamp(root)
	if err != nil {
		return err
	}
	if b.stamped && readStamp(path) == want {
		return nil
	}
	took := busy.begin("building " + p.name)
	// With the default setting, the build fails in a checkout that git distrusts.
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-ldflags", strings.TrimSpace("-s -w "+b.ldflags), "-o", path, p.pkg)
	cmd.Dir = filepath.Join(root, b.module)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	output, err := cmd.CombinedOutput()
	d := took()
	if err != nil {
		return fmt.Errorf("building %s: %w\n%s", p.name, err, bytes.TrimSpace(output))
	}
	if b.stamped || d > 3*time.Second {
		out.printf("built %s in %s", p.name, elapsed(d))
	}
	if b.stamped {
		return writeStamp(path, want)
	}
	return nil
}

// activity is the current work, for the lines of progress.
type activity struct {
	mu    sync.Mutex
	began map[string]time.Time
}

// begin records that some work has begun; the function that it returns ends it.
func (a *activity) begin(what string) (end func() time.Duration) {
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.began[what] = now
	return func() time.Duration {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.began, what)
		return time.Since(now)
	}
}

func (a *activity) line() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []string
	for what, began := range a.began {
		all = append(all, fmt.Sprintf("%s … %s", what, time.Since(began).Round(time.Second)))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
