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

// Finding is a mistake in one service.
type Finding struct{ Service, Problem string }

func (f Finding) String() string { return f.Service + ": " + f.Problem }

// Checker contains the data to compare a compose file with.
type Checker struct {
	root     string
	stages   dockerfile
	programs programs
	modules  map[string]module
}

// NewChecker reads the Dockerfile in root. Programs that it builds go to bin.
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

// checking is the check of one project.
type checking struct {
	*Checker
	ctx      context.Context
	project  *types.Project
	findings []Finding
	skipped  []string
	err      error // an error of the machine, not of the compose file
}

// Check returns the mistakes in the project, and the checks that it skipped with the reasons. An
// error means that a check could not run.
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

// entrypoint returns the command line of a service up to its arguments. For other projects' images
// it is known only if the compose file sets it.
func (c *Checker) entrypoint(s types.ServiceConfig) []string {
	if len(s.Entrypoint) > 0 {
		return s.Entrypoint
	}
	if stage := c.stages[target(s)]; stage != nil {
		return stage.entrypoint
	}
	return nil
}

// script returns the file of the repository that the entrypoint runs, if it runs a mounted shell
// script.
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

// program returns the name of the program that one of our services runs.
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
			k.find(s, "it depends on %q, which is not a service", name)
		case d.Condition == types.ServiceConditionHealthy && other.HealthCheck == nil:
			k.find(s, "it waits until %s is healthy, which has no health check", name)
		case d.Condition == types.ServiceConditionStarted:
			k.find(s, "it does not set a condition for its wait for %s", name)
		case d.Condition == types.ServiceConditionCompletedSuccessfully && other.HealthCheck != nil:
			k.find(s, "it waits for the end of %s, which does not end", name)
		}
	}
}

// checkAccess checks that the bridge never has AWS credentials, and that the workers never have
// Kubernetes credentials.
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
