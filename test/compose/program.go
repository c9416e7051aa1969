package compose

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// listenFlags name the flag for the address that a program listens on. Its value ends in the port.
var listenFlags = map[string]string{
	"worker": "listen", "k8sbridge": "listen", "gateway": "listen",
	"etcd": "listen-client-urls", "kube-apiserver": "secure-port", "tack_moto": "p",
}

// withCommand are the programs whose first argument selects a set of flags.
var withCommand = map[string]bool{"starter": true, "kubectl": true}

// ErrNotBuilt says that a program is not available to list its flags.
var ErrNotBuilt = errors.New("not built: build it with `make up`")

// programs finds the flags of programs.
type programs struct {
	root, bin string // bin is a folder for the programs that this test builds
	known     map[string]map[string]bool
}

// locate returns the path of an executable. It builds our own programs, because their flags can
// change with every edit. The pinned servers take minutes to build, so locate uses them only if the
// environment has already built them.
func (p *programs) locate(ctx context.Context, name string, b goBuild) (string, error) {
	if b.pkg != "" && b.module == "" {
		built := filepath.Join(p.bin, name)
		cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", built, b.pkg)
		cmd.Dir, cmd.Env = p.root, append(os.Environ(), "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("building %s: %w\n%s", b.pkg, err, out)
		}
		return built, nil
	}
	for _, dir := range []string{"bin", filepath.Join("venv", "bin")} {
		path := filepath.Join(p.root, ".tack", dir, name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	if name == "kubectl" { // the environment uses the kubectl of the machine
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s: %w", name, ErrNotBuilt)
}

// flags returns the names of the flags that a program has, after a command if it needs one, or
// ErrNotBuilt.
func (p *programs) flags(ctx context.Context, name, command string, b goBuild) (map[string]bool, error) {
	key := name + " " + command
	if known, ok := p.known[key]; ok {
		return known, nil
	}
	path, err := p.locate(ctx, name, b)
	if err != nil {
		return nil, err
	}
	asked := [][]string{append(strings.Fields(command), "--help")}
	if name == "kubectl" {
		asked = append(asked, []string{"options"})
	}
	flags := map[string]bool{}
	for _, args := range asked {
		for _, flag := range flagsIn(help(ctx, path, args)) {
			flags[flag] = true
		}
	}
	p.known[key] = flags
	return flags, nil
}

// help returns the help text of a program. Some of our programs then end with an error, and a wrong
// command shows by its missing flags.
func help(ctx context.Context, path string, args []string) string {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	out, _ := exec.CommandContext(ctx, path, args...).CombinedOutput()
	return string(out)
}

// The flag package prints "  -listen string", pflag "  -f, --filename=[]:", and
// argparse "  -H HOST, --host HOST".
var (
	flagLine = regexp.MustCompile(`(?m)^\s+(-[-\w]+\b.*)$`)
	flagName = regexp.MustCompile(`(?:^|, )--?([A-Za-z][-\w]*)`)
)

func flagsIn(help string) []string {
	var names []string
	for _, line := range flagLine.FindAllStringSubmatch(help, -1) {
		for _, m := range flagName.FindAllStringSubmatch(line[1], -1) {
			names = append(names, m[1])
		}
	}
	return names
}

// argument is one flag of a command line.
type argument struct{ name, value string }

// arguments splits a command line into flags. A word after a flag without "=" may
// be its value.
func arguments(words []string) []argument {
	var all []argument
	for i, word := range words {
		trimmed := strings.TrimLeft(word, "-")
		if trimmed == word || trimmed == "" {
			continue
		}
		name, value, assigned := strings.Cut(trimmed, "=")
		if !assigned && i+1 < len(words) && !strings.HasPrefix(words[i+1], "-") {
			value = words[i+1]
		}
		all = append(all, argument{name, value})
	}
	return all
}
