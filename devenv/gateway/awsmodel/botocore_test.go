package awsmodel

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "take the models from the botocore beside TACK_MOTO")

// pinned returns the version of botocore in moto's requirements.
func pinned(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "moto", "requirements.txt"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^botocore==(\S+)`).FindSubmatch(raw)
	if found == nil {
		t.Fatal("moto's requirements do not pin botocore")
	}
	return string(found[1])
}

// The models belong to the pinned version of botocore.
func TestModelsAreOfThePinnedBotocore(t *testing.T) {
	for service, load := range models {
		m, err := load()
		if err != nil {
			t.Fatal(err)
		}
		if want := pinned(t); m.Botocore != want {
			t.Errorf("the model of %s is of botocore %s, moto has %s: run `TACK_MOTO=$PWD/.tack/bin/tack_moto go test ./devenv/gateway/awsmodel -update`", service, m.Botocore, want)
		}
	}
}

// The files equal botocore's models. TACK_MOTO names tack_moto, beside the virtual
// environment with botocore. Without it the test skips.
func TestModelsAreBotocores(t *testing.T) {
	moto := os.Getenv("TACK_MOTO")
	if moto == "" {
		t.Skip("TACK_MOTO does not name a tack_moto with botocore beside it")
	}
	data, err := filepath.Glob(filepath.Join(filepath.Dir(moto), "..", "venv", "lib", "python3*", "site-packages", "botocore", "data"))
	if err != nil || len(data) != 1 {
		t.Fatalf("botocore's models beside %s: %v, %v", moto, data, err)
	}
	for service := range models {
		want := write(t, reduce(t, data[0], service))
		file := service + ".json"
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
			t.Errorf("%s differs from botocore's model; run this test with -update (-want +got):\n%s", file, diff)
		}
	}
}

// botocore is the part of a model file that the check needs.
type botocore struct {
	Operations map[string]struct {
		Input struct{ Shape string }
	}
	Shapes map[string]botocoreShape
}

type botocoreShape struct {
	Type     string
	Members  map[string]botocoreMember
	Member   botocoreMember
	Required []string
	Enum     []string
	Min, Max *float64
	Pattern  string
}

type botocoreMember struct{ Shape, LocationName, QueryName, Documentation string }

// reduce returns the requests in the newest model of a service.
func reduce(t *testing.T, data, service string) *model {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(data, service, "*", "service-2.json.gz"))
	if err != nil || len(found) == 0 {
		t.Fatalf("models of %s below %s: %v, %v", service, data, found, err)
	}
	newest := slices.Max(found)
	f, err := os.Open(newest)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(unzipped)
	if err != nil {
		t.Fatal(err)
	}
	var b botocore
	if err := json.Unmarshal(raw, &b); err != nil {
		t.Fatal(err)
	}
	m := &model{Botocore: pinned(t), Version: filepath.Base(filepath.Dir(newest)), Operations: map[string]operation{}, Shapes: map[string]*shape{}}
	for name, op := range b.Operations {
		m.Operations[name] = operation{Input: op.Input.Shape, Filters: filters(b.Shapes[op.Input.Shape])}
		m.add(b, op.Input.Shape)
	}
	return m
}

// add reduces a shape and the shapes of its members.
func (m *model) add(b botocore, name string) {
	if name == "" || m.Shapes[name] != nil {
		return
	}
	from := b.Shapes[name]
	s := &shape{Type: from.Type, Enum: from.Enum, Min: from.Min, Max: from.Max, Pattern: from.Pattern}
	m.Shapes[name] = s
	if from.Type == "list" {
		s.Item = from.Member.Shape
		m.add(b, s.Item)
	}
	if from.Type != "structure" {
		return
	}
	s.Members = map[string]string{}
	for name, member := range from.Members {
		s.Members[member.wire(name)] = member.Shape
		m.add(b, member.Shape)
	}
	for _, name := range from.Required {
		s.Required = append(s.Required, from.Members[name].wire(name))
	}
	slices.Sort(s.Required)
}

// wire returns the name of a member in a request: its queryName, or else its
// locationName with a capital. Members of IAM and STS have neither.
func (m botocoreMember) wire(name string) string {
	switch {
	case m.QueryName != "":
		return m.QueryName
	case m.LocationName != "":
		name = m.LocationName
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// Only the documentation of the parameter lists its filters. Each item of the list
// begins with the name. "You can also use" introduces other names.
var (
	filterItem  = regexp.MustCompile(`<li>\s*<p>\s*(?:<code>)?\s*([A-Za-z][A-Za-z0-9.-]*)`)
	filterAlias = regexp.MustCompile(`You can also use (.*?) as the filter name`)
	code        = regexp.MustCompile(`<code>([^<]*)</code>`)
)

func filters(input botocoreShape) []string {
	names := map[string]bool{}
	for _, member := range input.Members {
		if member.Shape != "FilterList" {
			continue
		}
		for _, item := range filterItem.FindAllStringSubmatch(member.Documentation, -1) {
			name := item[1]
			if name == "tag" || name == "instance-tag" {
				name += ":" // "tag:<key>"; some pages write "tag" and explain the key in words
			}
			names[name] = true
		}
		if strings.Contains(member.Documentation, "specify <code>tag:") { // under the name tag-key
			names["tag:"] = true
		}
		for _, alias := range filterAlias.FindAllStringSubmatch(member.Documentation, -1) {
			for _, name := range code.FindAllStringSubmatch(alias[1], -1) {
				names[name[1]] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// write writes each operation and each shape on its own line.
func write(t *testing.T, m *model) []byte {
	t.Helper()
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\"botocore\":%q,\"version\":%q,\n\"operations\":{\n", m.Botocore, m.Version)
	writeLines(t, &out, m.Operations)
	out.WriteString("},\n\"shapes\":{\n")
	writeLines(t, &out, m.Shapes)
	out.WriteString("}}\n")
	return out.Bytes()
}

func writeLines[V any](t *testing.T, out *bytes.Buffer, by map[string]V) {
	t.Helper()
	names := slices.Sorted(maps.Keys(by))
	for i, name := range names {
		raw, err := json.Marshal(by[name])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(out, "%q:%s", name, raw)
		if i < len(names)-1 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
	}
}
