package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tack-dev/tack/devenv/stack"
)

// TestReadme runs the commands of the README like a newcomer, in their order. Commands of make
// start their own environments, so make only prints what it would do.
func TestReadme(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t)
	n.write(t, "first.yaml")
	t.Cleanup(func() { w.checkHistories(t, "team-a") })
	defer w.mapRole(t, readmeAccount, "")
	commands := n.commands()
	if len(commands) < 10 {
		t.Fatalf("the README has %d commands, want ten or more: is a block no longer marked sh?", len(commands))
	}
	for _, command := range commands {
		n.run(t, command)
	}
}

const readmeAccount = "111111111111"

// newcomer follows the README.
type newcomer struct {
	root   string // of the repository
	readme string
	dir    string // for the files that the README shows
	shell  string // the exports so far, which each later command sees
}

func newNewcomer(t *testing.T) newcomer {
	t.Helper()
	root, err := stack.Root()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return newcomer{root: root, readme: string(text), dir: t.TempDir()}
}

var fenced = regexp.MustCompile("(?s)```(\\w+)\n(.*?)```")

// write creates the file whose name begins a block of the README.
func (n newcomer) write(t *testing.T, name string) {
	t.Helper()
	for _, block := range fenced.FindAllStringSubmatch(n.readme, -1) {
		if strings.HasPrefix(block[2], "# "+name+"\n") {
			if err := os.WriteFile(filepath.Join(n.dir, name), []byte(block[2]), 0o600); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("the README does not show %s", name)
}

// commands returns the lines of the README's shell blocks, without their comments.
func (n newcomer) commands() (lines []string) {
	for _, block := range fenced.FindAllStringSubmatch(n.readme, -1) {
		if block[1] != "sh" {
			continue
		}
		for line := range strings.SplitSeq(block[2], "\n") {
			line, _, _ = strings.Cut(line, " #")
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// shows is the text that a command must print to match the README.
var shows = map[string]string{
	"kubectl describe securitygroup web": readmeAccount + " is not in",
	"kubectl get securitygroup web":      "True",
	"go run ./starter explain":           "arn:aws:iam::" + readmeAccount + ":role/tack",
}

// run runs one command until it prints what the README promises.
func (n *newcomer) run(t *testing.T, command string) {
	t.Helper()
	if strings.HasPrefix(command, "export KUBECONFIG=") {
		return // the tests use a different environment
	}
	if strings.HasPrefix(command, "export ") {
		n.shell += command + "\n"
		return
	}
	want := ""
	for prefix, text := range shows {
		if strings.HasPrefix(command, prefix) {
			want = text
		}
	}
	var out string
	var err error
	for end := time.Now().Add(soon); time.Now().Before(end); time.Sleep(time.Second) {
		if out, err = n.execute(t, command); err == nil && strings.Contains(out, want) {
			return
		}
	}
	t.Fatalf("%s: %v, and it does not print %q:\n%s", command, err, want, out)
}

func (n newcomer) execute(t *testing.T, command string) (string, error) {
	t.Helper()
	command = strings.ReplaceAll(command, "first.yaml", filepath.Join(n.dir, "first.yaml"))
	if target, ok := strings.CutPrefix(command, "make "); ok {
		command = "make -n " + target
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", n.shell+command)
	cmd.Dir = n.root
	cmd.Env = append(os.Environ(), "KUBECONFIG="+w.Kubeconfig,
		"TEMPORAL_ADDRESS="+w.TemporalAddress, "TEMPORAL_NAMESPACE="+stack.TemporalNamespace)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
