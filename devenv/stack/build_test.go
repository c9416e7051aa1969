package stack

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestStampFollowsTheSources(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum", "main.go"} {
		write(t, filepath.Join(root, "m", name), name)
	}
	b := build{module: "m", stamped: true}
	seen := map[string]string{}
	for _, step := range []struct {
		name   string
		change func()
	}{
		{"unchanged", func() {}},
		{"go.sum", func() { write(t, filepath.Join(root, "m", "go.sum"), "new") }},
		{"main.go", func() { write(t, filepath.Join(root, "m", "main.go"), "new") }},
		{"another file", func() { write(t, filepath.Join(root, "m", "more.go"), "") }},
		{"flags", func() { b.ldflags = "-X a=b" }},
	} {
		step.change()
		stamp, err := b.stamp(root)
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := seen[stamp]; ok {
			t.Errorf("%s: the stamp equals the stamp of %s", step.name, other)
		}
		seen[stamp] = step.name
		again, err := b.stamp(root)
		if err != nil || again != stamp {
			t.Errorf("%s: stamps differ although nothing changed: %s, %s (%v)", step.name, stamp, again, err)
		}
	}
}

func TestStampOfWhatIsGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "program")
	write(t, path, "")
	if err := writeStamp(path, "abc"); err != nil {
		t.Fatal(err)
	}
	if got := readStamp(path); got != "abc" {
		t.Errorf("stamp is %q, want abc", got)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if got := readStamp(path); got != "" {
		t.Errorf("stamp of a missing program is %q", got)
	}
}

func TestRequiredVersion(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "block", "go.mod"), "module m\n\nrequire (\n\ta.b/server v1.32.1\n\ta.b/server/v3 v3.0.0 // indirect\n)\n")
	write(t, filepath.Join(root, "line", "go.mod"), "module m\n\nrequire a.b/server v1.5.0-rc.1\n")
	for module, want := range map[string]string{"block": "v1.32.1", "line": "v1.5.0-rc.1"} {
		if got, err := requiredVersion(root, module, "a.b/server"); err != nil || got != want {
			t.Errorf("%s: version is %q (%v), want %q", module, got, err, want)
		}
	}
	if _, err := requiredVersion(root, "line", "a.b/other"); err == nil {
		t.Error("got a version of a module that is not required")
	}
}

func TestBuildsOfThisRepository(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	all, err := builds(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range all {
		if _, err := b.stamp(root); err != nil {
			t.Error(err)
		}
	}
}

func TestElapsed(t *testing.T) {
	for d, want := range map[time.Duration]string{
		40 * time.Millisecond: "0.0s", 1500 * time.Millisecond: "1.5s", 80 * time.Second: "80.0s", 125 * time.Second: "2m5s",
	} {
		if got := elapsed(d); got != want {
			t.Errorf("%v is shown as %q, want %q", d, got, want)
		}
	}
}
