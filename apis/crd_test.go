package apis_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
)

// generation is the field that every status of ours has in addition to the tables.
var generation = map[string]field{
	"status.observedGeneration": {Type: "integer", Flags: []string{"format=int64"}},
}

// additions are the fields that objects with an AWS resource have in addition to the tables.
var additions = map[string]field{
	"status.inputsDigest": {Type: "string"},
	"status.retries":      {Type: "integer", Flags: []string{"format=int64"}},
	"status.nextTryTime":  {Type: "string", Flags: []string{"format=date-time"}},
	"status.syncedID":     {Type: "string"},
}

// ourColumns follow ACK's columns. Only objects with an AWS resource show account and Region.
var ourColumns = []string{
	`READY=.status.conditions[?(@.type=="Ready")].status`,
	`REASON=.status.conditions[?(@.type=="ACK.ResourceSynced")].reason`,
	accountColumn, regionColumn,
	"AGE=.metadata.creationTimestamp (date)",
	`MESSAGE=.status.conditions[?(@.type=="ACK.ResourceSynced")].message (wide)`,
}

const (
	accountColumn = "ACCOUNT=.status.ackResourceMetadata.ownerAccountID"
	regionColumn  = "REGION=.status.ackResourceMetadata.region"
)

// crd is the part of a CustomResourceDefinition that the tables describe.
type crd struct {
	Metadata struct{ Name string }
	Spec     struct {
		Group, Scope string
		Names        struct{ Kind, ListKind, Plural, Singular string }
		Versions     []struct {
			Name                     string
			Served, Storage          bool
			Subresources             map[string]any
			AdditionalPrinterColumns []printerColumn
			Schema                   struct {
				OpenAPIV3Schema schema `json:"openAPIV3Schema"`
			}
		}
	}
}

// hasResource reports whether objects of the kind represent AWS resources.
func (c crd) hasResource() bool { return c.Spec.Group != corev1alpha1.GroupName }

// printerColumn is one column of kubectl get.
type printerColumn struct {
	Name, Type, JSONPath string
	Priority             int
}

func (c printerColumn) String() string {
	text := c.Name + "=" + c.JSONPath
	if c.Type == "date" {
		text += " (date)"
	}
	if c.Priority > 0 {
		text += " (wide)"
	}
	return text
}

// schema is the part of an OpenAPI schema that the tables describe.
type schema struct {
	Type, Format         string
	Properties           map[string]schema
	Items                *schema
	AdditionalProperties *schema
	Required             []string
	Enum                 []string
	Validations          []struct{ Rule string } `json:"x-kubernetes-validations"`
}

// TestCRDs compares every CRD with the tables.
func TestCRDs(t *testing.T) {
	known := loadFacts(t)
	for file, c := range loadCRDs(t) {
		t.Run(file, func(t *testing.T) {
			f := known[c.Spec.Group+"/"+c.Spec.Names.Kind]
			if f == nil {
				t.Fatalf("kind %s of %s is not in the tables", c.Spec.Names.Kind, c.Spec.Group)
			}
			compareNames(t, c, f)
			compareFields(t, c, f)
		})
	}
}

func compareNames(t *testing.T, c crd, f *facts) {
	t.Helper()
	names := c.Spec.Names
	got := []string{c.Metadata.Name, names.Plural, names.Singular, names.ListKind, c.Spec.Scope}
	want := []string{f.plural + "." + c.Spec.Group, f.plural, strings.ToLower(names.Kind), names.Kind + "List", f.scope}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("names and scope (-want +got):\n%s", d)
	}
	if len(c.Spec.Versions) != 1 || !f.versions[c.Spec.Versions[0].Name] {
		t.Fatalf("want exactly the version of the table, got %+v", c.Spec.Versions)
	}
	v := c.Spec.Versions[0]
	if _, ok := v.Subresources["status"]; !ok || !v.Served || !v.Storage {
		t.Errorf("want version %s served and stored, with a status subresource", v.Name)
	}
	var columns []string
	for _, col := range v.AdditionalPrinterColumns {
		columns = append(columns, col.String())
	}
	want = slices.Clone(f.columns)
	if c.Spec.Scope == "Namespaced" {
		want = append(want, ourColumns...)
	}
	if !c.hasResource() {
		want = slices.DeleteFunc(want, func(column string) bool { return column == accountColumn || column == regionColumn })
	}
	if d := cmp.Diff(want, columns); d != "" {
		t.Errorf("printer columns (-want +got):\n%s", d)
	}
}

func compareFields(t *testing.T, c crd, f *facts) {
	t.Helper()
	got := map[string]field{}
	root := c.Spec.Versions[0].Schema.OpenAPIV3Schema
	for _, part := range []string{"spec", "status"} {
		flatten(got, part, root.Properties[part], slices.Contains(root.Required, part))
	}
	want := maps.Clone(f.fields)
	if c.Spec.Scope == "Namespaced" {
		maps.Copy(want, generation)
	}
	if c.hasResource() {
		maps.Copy(want, additions)
	}
	for _, path := range slices.Sorted(maps.Keys(want)) {
		g, ok := got[path]
		if !ok {
			t.Errorf("%s is missing", path)
			continue
		}
		if d := cmp.Diff(want[path], g); d != "" {
			t.Errorf("%s (-want +got):\n%s", path, d)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[path]; !ok {
			t.Errorf("%s is neither in the tables nor in the list of additions", path)
		}
	}
}

// flatten lists a schema in the form of the tables: one line per field, with [] for lists and {}
// for maps.
func flatten(out map[string]field, path string, s schema, required bool) {
	out[path] = field{s.Type, s.flags(required)}
	for name, p := range s.Properties {
		flatten(out, path+"."+name, p, slices.Contains(s.Required, name))
	}
	if s.Items != nil {
		flatten(out, path+"[]", *s.Items, false)
	}
	if s.AdditionalProperties != nil {
		flatten(out, path+"{}", *s.AdditionalProperties, false)
	}
}

func (s schema) flags(required bool) []string {
	var flags []string
	if required {
		flags = append(flags, "required")
	}
	if s.Format != "" {
		flags = append(flags, "format="+s.Format)
	}
	if len(s.Enum) > 0 {
		flags = append(flags, "enum="+strings.Join(s.Enum, "|"))
	}
	for _, v := range s.Validations {
		if v.Rule == "self == oldSelf" {
			flags = append(flags, "immutable")
		} else {
			flags = append(flags, "rule="+v.Rule)
		}
	}
	slices.Sort(flags)
	return flags
}

// TestKinds compares Kinds with the CRDs.
func TestKinds(t *testing.T) {
	listed := map[string]bool{}
	for _, k := range apis.Kinds() {
		listed[k.CRD()] = true
	}
	for file, c := range loadCRDs(t) {
		if !c.hasResource() {
			continue
		}
		if !listed[c.Metadata.Name] {
			t.Errorf("%s: %s is not in apis.Kinds", file, c.Metadata.Name)
		}
		delete(listed, c.Metadata.Name)
		k, ok := apis.ByName(strings.TrimSuffix(c.Spec.Group, ".services.k8s.aws") + "." + c.Spec.Names.Kind)
		if !ok {
			continue
		}
		got := map[string]field{}
		flatten(got, "status", c.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["status"], false)
		if got["status."+k.IDField].Type != "string" {
			t.Errorf("%s: no string at status.%s, where the id should be", k.Name(), k.IDField)
		}
	}
	for name := range listed {
		t.Errorf("%s has no CRD", name)
	}
}

func loadCRDs(t *testing.T) map[string]crd {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "config", "crd", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no CRDs found: %v", err)
	}
	out := map[string]crd{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var c crd
		if err := yaml.Unmarshal(text, &c); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		out[filepath.Base(file)] = c
	}
	return out
}
