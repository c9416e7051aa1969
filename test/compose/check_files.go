package compose

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// checkFiles checks the mounts from the repository: they exist, and the container cannot change
// them. Absolute paths in the arguments must lie in a mount.
func (k *checking) checkFiles(s types.ServiceConfig) {
	for _, v := range s.Volumes {
		switch v.Type {
		case types.VolumeTypeBind:
			k.checkMount(s, v)
		case types.VolumeTypeVolume:
			if _, ok := k.project.Volumes[v.Source]; !ok {
				k.find(s, "it mounts the volume %q, which is not declared", v.Source)
			}
		}
	}
	for _, a := range arguments(s.Command) {
		if filepath.IsAbs(a.value) && !mounted(s, a.value) {
			k.find(s, "--%s names %s, where nothing is mounted", a.name, a.value)
		}
	}
	for _, name := range sortedKeys(s.Environment) {
		if value := s.Environment[name]; value != nil && filepath.IsAbs(*value) && !mounted(s, *value) {
			k.find(s, "%s names %s, where nothing is mounted", name, *value)
		}
	}
}

func (k *checking) checkMount(s types.ServiceConfig, v types.ServiceVolumeConfig) {
	rel, err := filepath.Rel(k.root, v.Source)
	if err != nil || !filepath.IsLocal(rel) {
		k.find(s, "it mounts %s, which is not in the repository", v.Source)
		return
	}
	if _, err := os.Stat(v.Source); err != nil {
		k.find(s, "it mounts %s, which does not exist", rel)
	}
	if !v.ReadOnly {
		k.find(s, "it could write to %s: mount it read-only", rel)
	}
}

func mounted(s types.ServiceConfig, path string) bool {
	return slices.ContainsFunc(s.Volumes, func(v types.ServiceVolumeConfig) bool {
		return path == v.Target || strings.HasPrefix(path, v.Target+"/")
	})
}

// CheckDockerfile checks the files that the Dockerfile copies from the build context.
func (c *Checker) CheckDockerfile() []Finding {
	var findings []Finding
	for _, name := range sortedKeys(c.stages) {
		for _, f := range c.stages[name].copies {
			if f.from != "" {
				continue
			}
			if _, err := os.Stat(filepath.Join(c.root, f.source)); err != nil {
				findings = append(findings, Finding{"Dockerfile", "stage " + name + " copies " + f.source + ", which does not exist"})
			}
		}
	}
	return findings
}

// word matches a complete name, as in "NAME" or $NAME.
func word(name string) *regexp.Regexp {
	return regexp.MustCompile(`(?:"|\$\{?)` + regexp.QuoteMeta(name) + `\b`)
}
