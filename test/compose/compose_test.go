package compose

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
)

func root(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func content(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root(t), File))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func load(t *testing.T, content string) *types.Project {
	t.Helper()
	project, err := Load(t.Context(), root(t), []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func check(t *testing.T, c *Checker, project *types.Project) (findings []Finding, skipped []string) {
	t.Helper()
	findings, skipped, err := c.Check(t.Context(), project)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range skipped {
		t.Log("not checked:", s)
	}
	return findings, skipped
}

func newChecker(t *testing.T) *Checker {
	t.Helper()
	c, err := NewChecker(root(t), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// One test, so that our programs are built once.
func TestComposeFile(t *testing.T) {
	c := newChecker(t)
	project := load(t, content(t))
	findings, _ := check(t, c, project)
	for _, f := range append(findings, c.CheckDockerfile()...) {
		t.Error(f)
	}
	want := []string{
		"crds", "crds-served", "deployment", "etcd", "gateway", "k8sbridge", "kube-apiserver", "kube-certs", "moto",
		"postgresql", "temporal", "temporal-namespace", "temporal-schema", "temporal-ui", "worker",
	}
	if diff := cmp.Diff(want, project.ServiceNames()); diff != "" {
		t.Errorf("services (-want +got):\n%s", diff)
	}
	worker := project.Services["worker"]
	if n := worker.GetScale(); n != 2 {
		t.Errorf("worker has %d containers, want 2", n)
	}
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) { m.refused(t, c, content(t)) })
	}
}

// refused checks that the checker refuses the changed file and names the service.
func (m mutation) refused(t *testing.T, c *Checker, good string) {
	if strings.Count(good, m.from) == 0 {
		t.Fatalf("%s has no %q to change", File, m.from)
	}
	findings, skipped := check(t, c, load(t, strings.Replace(good, m.from, m.to, 1)))
	for _, f := range findings {
		if f.Service == m.service && strings.Contains(f.Problem, m.problem) {
			return
		}
	}
	program, _, _ := strings.Cut(m.problem, " ")
	for _, s := range skipped {
		if strings.Contains(s, " of "+program+":") {
			t.Skip(s)
		}
	}
	t.Errorf("want %s: …%s…, got %q", m.service, m.problem, findings)
}

func TestLoadIsStrict(t *testing.T) {
	for name, bad := range map[string]string{
		"unknown key":         strings.Replace(content(t), "    restart:", "    restarts:", 1),
		"unknown dependency":  strings.Replace(content(t), "      moto: {", "      motto: {", 1),
		"undeclared volume":   strings.Replace(content(t), "- etcd:/var", "- etcetera:/var", 1),
		"no such condition":   strings.Replace(content(t), "service_healthy", "service_happy", 1),
		"port beyond 16 bits": strings.Replace(content(t), "127.0.0.1:7233:7233", "127.0.0.1:72330:7233", 1),
	} {
		if bad == content(t) {
			t.Errorf("%s: nothing changed", name)
		}
		if _, err := Load(t.Context(), root(t), []byte(bad)); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
}
