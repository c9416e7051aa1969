package compose

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"strings"
)

// goBuild is a program that a stage builds.
type goBuild struct {
	output string // path in the image of the stage
	module string // folder of the module, below the root of the repository
	pkg    string
}

// copied is one COPY. No from means the build context.
type copied struct{ from, source, target string }

// stage is one FROM of the Dockerfile with what these checks look at.
type stage struct {
	base, workdir string
	entrypoint    []string
	copies        []copied
	builds        []goBuild
}

// dockerfile has the stages by name.
type dockerfile map[string]*stage

// sourceDir is where the root of the repository is in the stages that build.
const sourceDir = "/src"

var (
	continued  = regexp.MustCompile(`\\\n\s*`)
	goBuildRun = regexp.MustCompile(`go build .*-o (\S+) (\S+)$`)
)

func parseDockerfile(content string) (dockerfile, error) {
	stages := dockerfile{}
	var now *stage
	for line := range strings.Lines(continued.ReplaceAllString(content, "")) {
		line = strings.TrimSpace(line)
		word, rest, _ := strings.Cut(line, " ")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if word == "FROM" {
			base, name, _ := strings.Cut(rest, " AS ")
			if name == "" {
				return nil, fmt.Errorf("reading the Dockerfile: %q gives the stage no name", line)
			}
			now = &stage{base: base}
			if parent := stages[base]; parent != nil {
				now.workdir, now.entrypoint = parent.workdir, parent.entrypoint
			}
			stages[name] = now
			continue
		}
		if now == nil {
			return nil, fmt.Errorf("reading the Dockerfile: %q comes before the first FROM", line)
		}
		if err := now.read(word, rest); err != nil {
			return nil, fmt.Errorf("reading the Dockerfile: %q: %w", line, err)
		}
	}
	return stages, nil
}

func (s *stage) read(instruction, rest string) error {
	switch instruction {
	case "WORKDIR":
		s.workdir = path.Join("/", rest)
	case "ENTRYPOINT":
		return json.Unmarshal([]byte(rest), &s.entrypoint)
	case "COPY":
		fields := strings.Fields(rest)
		from, named := strings.CutPrefix(fields[0], "--from=")
		if named {
			fields = fields[1:]
		} else {
			from = ""
		}
		if len(fields) != 2 {
			return fmt.Errorf("want one source and one target")
		}
		s.copies = append(s.copies, copied{from: from, source: fields[0], target: fields[1]})
	case "RUN":
		for command := range strings.SplitSeq(rest, "&&") {
			m := goBuildRun.FindStringSubmatch(strings.TrimSpace(command))
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
				return goBuild{}, fmt.Errorf("it copies %s from %q, which is no stage", file, c.from)
			}
			for _, b := range d[c.from].builds {
				if b.output == c.source {
					return b, nil
				}
			}
			return goBuild{}, fmt.Errorf("stage %s does not build %s", c.from, c.source)
		}
	}
	return goBuild{}, fmt.Errorf("no stage puts %s there", file)
}
