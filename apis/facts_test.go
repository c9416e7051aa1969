package apis_test

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// facts is the content of the tables in testdata for one kind of AWS Controllers for Kubernetes.
type facts struct {
	plural, scope string
	columns       []string         // name=jsonPath
	versions      map[string]bool  // of the fields
	fields        map[string]field // by path: spec.tags[].key
}

// field is the type of a field and its flags, sorted.
type field struct {
	Type  string
	Flags []string
}

// loadFacts reads the tables. The key is group/kind.
func loadFacts(t *testing.T) map[string]*facts {
	t.Helper()
	all := map[string]*facts{}
	for _, row := range rows(t, "ack-crd-names.tsv", 5) {
		f := &facts{plural: row[2], scope: row[3], versions: map[string]bool{}, fields: map[string]field{}}
		if row[4] != "" {
			f.columns = strings.Split(row[4], ";")
		}
		all[row[0]+"/"+row[1]] = f
	}
	for _, row := range append(rows(t, "ack-crd-fields.tsv", 6), rows(t, "tack-crd-fields.tsv", 6)...) {
		f := all[row[0]+"/"+row[2]]
		if f == nil {
			t.Fatalf("fields of %s/%s, which is not in the table of names", row[0], row[2])
		}
		var flags []string
		if row[5] != "" {
			flags = strings.Split(row[5], ",")
			slices.Sort(flags)
		}
		f.versions[row[1]] = true
		f.fields[row[3]] = field{row[4], flags}
	}
	return all
}

func rows(t *testing.T, name string, columns int) [][]string {
	t.Helper()
	r, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var out [][]string
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		row := strings.Split(lines.Text(), "\t")
		if len(row) != columns {
			t.Fatalf("%s: want %d columns: %q", name, columns, lines.Text())
		}
		out = append(out, row)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
