package compose

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// module is a dependency in the module cache. An empty dir means that it is not downloaded.
type module struct{ dir, version string }

// reader is a file, or a pattern for files, of a module that reads variables.
type reader struct{ in, module, files string }

var (
	temporalSDK    = reader{".", "go.temporal.io/sdk/contrib/envconfig", "*.go"}
	awsSDK         = reader{".", "github.com/aws/aws-sdk-go-v2/config", "*.go"}
	temporalServer = reader{"devenv/temporal", "go.temporal.io/server", "common/config/config_template_embedded.yaml"}
	temporalTool   = reader{"devenv/temporal", "go.temporal.io/server", "tools/sql/main.go"}
	temporalUI     = reader{"devenv/temporal", "github.com/temporalio/ui-server/v2", "config/docker.yaml"}
)

// readers lists the code that reads the variables of a service, by program or by image. Programs
// and images that are not listed read no variables, or none that this file may set.
var readers = map[string][]reader{
	"worker":                 {temporalSDK, awsSDK},
	"k8sbridge":              {temporalSDK},
	"starter":                {temporalSDK},
	"temporalio/server":      {temporalServer},
	"temporalio/ui":          {temporalUI},
	"temporalio/admin-tools": {temporalTool, temporalSDK}, // the CLI reads the variables of the SDK
}

// documented lists variables of images without available sources.
var documented = map[string]map[string]string{
	"postgres": {
		"POSTGRES_USER":     "the superuser that the image creates",
		"POSTGRES_PASSWORD": "and its password",
	},
}

// sameVersion names the module behind another project's image: containers must run the version that
// developers run.
var sameVersion = map[string]reader{
	"temporalio/server":      temporalServer,
	"temporalio/admin-tools": temporalServer,
	"temporalio/ui":          temporalUI,
}

// checkVariables checks that a program reads each variable.
func (k *checking) checkVariables(s types.ServiceConfig) {
	image, tag, _ := strings.Cut(s.Image, ":")
	who := image
	if s.Build != nil {
		who = k.program(s)
	}
	sources, complete := k.variableSources(s, who)
	for _, name := range sortedKeys(s.Environment) {
		if documented[image][name] == "" && !mentioned(sources, name) && complete {
			k.find(s, "nothing in %s reads the variable %s", who, name)
		}
	}
	if r, ok := sameVersion[image]; ok {
		if m, err := k.module(k.ctx, r.in, r.module); err == nil && m.version != "v"+tag {
			k.find(s, "image %s is not the version %s that %s requires", s.Image, m.version, r.in)
		}
	}
}

// variableSources returns the files that may read a service's variables, and whether all of them
// are available.
func (k *checking) variableSources(s types.ServiceConfig, who string) (files []string, complete bool) {
	complete = true
	if script := k.script(s); script != "" {
		files = append(files, script)
	}
	for _, r := range readers[who] {
		m, err := k.module(k.ctx, r.in, r.module)
		if err != nil {
			k.err = errors.Join(k.err, err)
			return nil, false
		}
		if m.dir == "" {
			k.skipped = append(k.skipped, "variables of "+who+": "+r.module+" is not downloaded")
			complete = false
			continue
		}
		found, err := filepath.Glob(filepath.Join(m.dir, filepath.FromSlash(r.files)))
		if err != nil || len(found) == 0 {
			k.err = errors.Join(k.err, fmt.Errorf("%s has no %s", r.module, r.files))
		}
		files = append(files, found...)
	}
	return files, complete
}

func mentioned(files []string, name string) bool {
	pattern := word(name)
	for _, file := range files {
		if raw, err := os.ReadFile(file); err == nil && pattern.Match(raw) {
			return true
		}
	}
	return false
}

// module asks the Go command for the version of a dependency and for its sources.
func (c *Checker) module(ctx context.Context, in, name string) (module, error) {
	if m, ok := c.modules[in+" "+name]; ok {
		return m, nil
	}
	cmd := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Version}} {{.Dir}}", name)
	cmd.Dir, cmd.Env = filepath.Join(c.root, in), append(os.Environ(), "GOWORK=off")
	out, err := cmd.Output()
	if err != nil {
		return module{}, fmt.Errorf("finding the version of %s in %s: %w", name, in, err)
	}
	version, dir, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	m := module{dir: dir, version: version}
	c.modules[in+" "+name] = m
	return m, nil
}
