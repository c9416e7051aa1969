package compose

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// goBuild is a program that a stage builds.
type goBuild struct {
	output string // path in the image of the stage
	module string // folder of the module, below the root of the repository
	pkg    string
}

// copied is one COPY. An empty from means the build context.
type copied struct{ from, source, target string }

// stage is one FROM of the Dockerfile with the parts that these checks read.
type stage struct {
	base, workdir string
	entrypoint    []string
	copies        []copied
	builds        []goBuild
}

// dockerfile has the stages by name.
type dockerfile map[string]*stage

// sourceDir is the root of the repository in the build stages.
const sourceDir = "/src"

var goBuildRun = regexp.MustCompile(`go build .*-o (\S+) (\S+)$`)

func parseDockerfile(content string) (dockerfile, error) {
	parsed, err := parser.Parse(strings.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("reading the Dockerfile: %w", err)
	}
	all, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		return nil, fmt.Errorf("reading the Dockerfile: %w", err)
	}
	stages := dockerfile{}
	for _, one := range all {
		if one.Name == "" {
			return nil, fmt.Errorf("reading the Dockerfile: %q gives the stage no name", one.OrigCmd+" "+one.BaseName)
		}
		now := &stage{base: one.BaseName}
		if parent := stages[one.BaseName]; parent != nil {
			now.workdir, now.entrypoint = parent.workdir, parent.entrypoint
		}
		stages[one.Name] = now
		for _, command := range one.Commands {
			if err := now.read(command); err != nil {
				return nil, fmt.Errorf("reading the Dockerfile: %v: %w", command, err)
			}
		}
	}
	return stages, nil
}

func (s *stage) read(command instructions.Command) error {
	switch c := command.(type) {
	case *instructions.WorkdirCommand:
		s.workdir = path.Join("/", c.Path)
	case *instructions.EntrypointCommand:
		s.entrypoint = c.CmdLine
	case *instructions.CopyCommand:
		if len(c.SourcePaths) != 1 {
			return fmt.Errorf("want one source and one target")
		}
		s.copies = append(s.copies, copied{from: c.From, source: c.SourcePaths[0], target: c.DestPath})
	case *instructions.RunCommand:
		for shell := range strings.SplitSeq(strings.Join(c.CmdLine, " "), "&&") {
			m := goBuildRun.FindStringSubmatch(strings.TrimSpace(shell))
			if m == nil {
				continue
			}
			module, ok := strings.CutPrefix(s.workdir, sourceDir)
			if !ok {
				return fmt.Errorf("it builds in %q, outside of %s", s.workdir, sourceDir)
			}
			s.builds = append(s.builds, goBuild{output: m[1], module: strings.Trim(module, "/"), pkg: m[2]})
		}
	}
	return nil
}

// origin finds how the file at that path in a stage was built.
func (d dockerfile) origin(target, file string) (goBuild, error) {
	for s := d[target]; s != nil; s = d[s.base] {
		for _, c := range s.copies {
			if c.target != file || c.from == "" {
				continue
			}
			if d[c.from] == nil {
				return goBuild{}, fmt.Errorf("it copies %s from %q, which is not a stage", file, c.from)
			}
			for _, b := range d[c.from].builds {
				if b.output == c.source {
					return b, nil
				}
			}
			return goBuild{}, fmt.Errorf("stage %s does not build %s", c.from, c.source)
		}
	}
	return goBuild{}, fmt.Errorf("no stage creates %s", file)
}
