package compose

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// Finding is something that is wrong with one service.
type Finding struct{ Service, Problem string }

func (f Finding) String() string { return f.Service + ": " + f.Problem }

// Checker holds what a compose file is compared with.
type Checker struct {
	root     string
	stages   dockerfile
	programs programs
	modules  map[string]module
}

// NewChecker reads the Dockerfile in root. What has to be built goes to bin.
func NewChecker(root, bin string) (*Checker, error) {
	raw, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		return nil, err
	}
	stages, err := parseDockerfile(string(raw))
	if err != nil {
		return nil, err
	}
	return &Checker{
		root: root, stages: stages, modules: map[string]module{},
		programs: programs{root: root, bin: bin, known: map[string]map[string]bool{}},
	}, nil
}

// checking is one project under inspection.
type checking struct {
	*Checker
	ctx      context.Context
	project  *types.Project
	findings []Finding
	skipped  []string
	err      error // of the machine, not of the compose file
}

// Check returns what is wrong with the project, and which checks were left out and
// why. An error means that it could not find out.
func (c *Checker) Check(ctx context.Context, project *types.Project) ([]Finding, []string, error) {
	k := &checking{Checker: c, ctx: ctx, project: project}
	for _, name := range project.ServiceNames() {
		s := project.Services[name]
		k.checkProgram(s)
		k.checkHealth(s)
		k.checkPublished(s)
		k.checkReferences(s)
		k.checkFiles(s)
		k.checkVariables(s)
		k.checkAccess(s)
		k.checkDependencies(s)
	}
	k.checkUniquePorts()
	slices.Sort(k.skipped)
	return k.findings, slices.Compact(k.skipped), k.err
}

func (k *checking) find(s types.ServiceConfig, format string, args ...any) {
	k.findings = append(k.findings, Finding{s.Name, fmt.Sprintf(format, args...)})
}

// target returns the stage of a service that is built from our Dockerfile.
func target(s types.ServiceConfig) string {
	if s.Build == nil {
		return ""
	}
	return s.Build.Target
}

// entrypoint returns the command line of a service up to its arguments: for the
// images of others it is known only if the compose file says it.
func (c *Checker) entrypoint(s types.ServiceConfig) []string {
	if len(s.Entrypoint) > 0 {
		return s.Entrypoint
	}
	if stage := c.stages[target(s)]; stage != nil {
		return stage.entrypoint
	}
	return nil
}

// script returns the file of the repository that the entrypoint runs, if it runs a
// mounted shell script.
func (c *Checker) script(s types.ServiceConfig) string {
	words := c.entrypoint(s)
	if len(words) != 2 || words[0] != "/bin/sh" {
		return ""
	}
	for _, v := range s.Volumes {
		if v.Type == types.VolumeTypeBind && v.Target == words[1] {
			return v.Source
		}
	}
	return ""
}

// program returns the name of the program that a service of ours runs.
func (c *Checker) program(s types.ServiceConfig) string {
	words := c.entrypoint(s)
	if target(s) == "" || len(words) == 0 {
		return ""
	}
	return filepath.Base(words[0])
}

func (k *checking) checkDependencies(s types.ServiceConfig) {
	for name, d := range s.DependsOn {
		other, ok := k.project.Services[name]
		switch {
		case !ok:
			k.find(s, "it depends on %q, which is no service", name)
		case d.Condition == types.ServiceConditionHealthy && other.HealthCheck == nil:
			k.find(s, "it waits until %s is healthy, which has no health check", name)
		case d.Condition == types.ServiceConditionStarted:
			k.find(s, "it does not say what it waits for in %s", name)
		case d.Condition == types.ServiceConditionCompletedSuccessfully && other.HealthCheck != nil:
			k.find(s, "it waits for the end of %s, which stays", name)
		}
	}
}

// checkAccess: the bridge never has credentials of AWS, the workers never have those
// of Kubernetes.
func (k *checking) checkAccess(s types.ServiceConfig) {
	for name := range s.Environment {
		if k.program(s) == "k8sbridge" && strings.HasPrefix(name, "AWS_") {
			k.find(s, "the bridge must not get %s", name)
		}
		if k.program(s) == "worker" && strings.HasPrefix(name, "KUBE") {
			k.find(s, "a worker must not get %s", name)
		}
	}
	for _, v := range s.Volumes {
		if k.program(s) == "worker" && strings.HasPrefix(v.Source, "kube") {
			k.find(s, "a worker must not get the volume %s", v.Source)
		}
	}
}
