package compose

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// checkProgram checks the stage that a service is built from, its program, and the program's
// arguments.
func (k *checking) checkProgram(s types.ServiceConfig) {
	if s.Build == nil {
		if s.Image == "" || !strings.Contains(s.Image, ":") || strings.HasSuffix(s.Image, ":latest") {
			k.find(s, "image %q is not pinned to a version", s.Image)
		}
		k.checkScript(s)
		return
	}
	stage := k.stages[target(s)]
	if stage == nil {
		k.find(s, "the Dockerfile has no target %q", target(s))
		return
	}
	words := k.entrypoint(s)
	switch {
	case len(words) == 0:
		k.find(s, "neither target %s nor the service has an entrypoint", target(s))
	case words[0] == "/bin/sh":
		k.checkScript(s)
	case filepath.IsAbs(words[0]):
		b, err := k.stages.origin(target(s), words[0])
		if err != nil {
			k.find(s, "program %s of target %s: %v", words[0], target(s), err)
			return
		}
		if k.checkPackage(s, b) {
			k.checkFlags(s, b)
		}
	default:
		k.checkFlags(s, goBuild{}) // from a package that the stage installs
	}
}

func (k *checking) checkScript(s types.ServiceConfig) {
	if len(s.Entrypoint) > 0 && k.script(s) == "" {
		k.find(s, "entrypoint %q is not a mounted script", s.Entrypoint)
	}
}

// checkPackage checks that the Dockerfile builds a package of the repository, or a tool that the
// nested module pins.
func (k *checking) checkPackage(s types.ServiceConfig, b goBuild) bool {
	if b.pkg == "." || strings.HasPrefix(b.pkg, "./") {
		files, err := filepath.Glob(filepath.Join(k.root, b.module, b.pkg, "*.go"))
		if err != nil || len(files) == 0 {
			k.find(s, "the Dockerfile builds %s in %q, which has no such package", b.pkg, b.module)
			return false
		}
		return true
	}
	mod, err := os.ReadFile(filepath.Join(k.root, b.module, "go.mod"))
	if err != nil || !strings.Contains(string(mod), "\t"+b.pkg+"\n") {
		k.find(s, "the Dockerfile builds %s, which is not a tool of the module in %q", b.pkg, b.module)
		return false
	}
	return true
}

func (k *checking) checkFlags(s types.ServiceConfig, b goBuild) {
	name, words := k.program(s), s.Command
	var command string
	if withCommand[name] {
		if len(words) == 0 {
			k.find(s, "%s needs a command", name)
			return
		}
		command, words = words[0], words[1:]
	}
	flags, err := k.programs.flags(k.ctx, name, command, b)
	if errors.Is(err, ErrNotBuilt) {
		k.skipped = append(k.skipped, "flags of "+err.Error())
		return
	}
	if err != nil {
		k.err = errors.Join(k.err, err)
		return
	}
	if len(flags) == 0 {
		k.find(s, "%s has no command %q", name, command)
		return
	}
	if len(words) > 0 && !strings.HasPrefix(words[0], "-") {
		k.find(s, "%s accepts no argument %q there", name, words[0])
	}
	for _, a := range arguments(words) {
		if !flags[a.name] {
			k.find(s, "%s has no flag --%s", strings.TrimSpace(name+" "+command), a.name)
		}
	}
}
