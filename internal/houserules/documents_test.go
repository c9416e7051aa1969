package houserules

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// document returns the text of a file, by its path from the root.
func document(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// readmeLines limits the README: people read it in a few minutes.
const readmeLines = 180

func TestTheReadmeIsShort(t *testing.T) {
	if lines := strings.Count(document(t, "README.md"), "\n"); lines > readmeLines {
		t.Errorf("README.md has %d lines, at most %d are allowed: move details to docs/", lines, readmeLines)
	}
}

var packageRow = regexp.MustCompile("(?m)^\\| `([a-z0-9/]+)` \\|")

// The table of packages has one row for each package with its own job, and none for others.
func TestPackagesAreInTheArchitecture(t *testing.T) {
	_, text, _ := strings.Cut(document(t, "docs", "architecture.md"), "\n## Packages\n")
	table, _, _ := strings.Cut(text, "\n## ")
	rows := map[string]int{}
	for _, hit := range packageRow.FindAllStringSubmatch(table, -1) {
		rows[hit[1]]++
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(hit[1]))); err != nil {
			t.Errorf("docs/architecture.md has a row for %s, which does not exist", hit[1])
		}
	}
	needed := map[string]bool{} // also of the nested modules
	for _, s := range goFiles(t) {
		family, _, _ := strings.Cut(s.path, "/")
		if s.ast.Name.Name == "main" || slices.Contains([]string{"activities", "internal", "devenv", "test"}, family) {
			needed[s.folder()] = true
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(needed)) {
		if rows[folder] != 1 {
			t.Errorf("docs/architecture.md has %d rows for %s, want one of its own", rows[folder], folder)
		}
	}
}

// inventedWords limits the words that a reader must learn.
const inventedWords = 15

var (
	glossaryRow = regexp.MustCompile(`(?m)^\| \*\*([a-z ]+)\*\* \|`)
	commentItem = regexp.MustCompile(`(?m)^ +- ([a-z ]+): `)
)

// The glossary and the comment of package resource explain the same words.
func TestWordsAreExplainedTwice(t *testing.T) {
	page := document(t, "docs", "glossary.md")
	invented, _, _ := strings.Cut(page, "\n\nTwo terms")
	if n := len(glossaryRow.FindAllString(invented, -1)); n == 0 || n > inventedWords {
		t.Errorf("docs/glossary.md has %d invented words, want 1 to %d: use a usual term", n, inventedWords)
	}
	explained := map[string]bool{} // by word: in the comment
	for _, hit := range glossaryRow.FindAllStringSubmatch(page, -1) {
		explained[hit[1]] = false
	}
	for _, s := range goFiles(t) {
		if s.folder() != "resource" || s.test() || s.ast.Doc == nil {
			continue
		}
		for _, hit := range commentItem.FindAllStringSubmatch(s.ast.Doc.Text(), -1) {
			if _, known := explained[hit[1]]; !known {
				t.Errorf("%s explains %q, docs/glossary.md does not", s.path, hit[1])
			}
			explained[hit[1]] = true
		}
	}
	for _, word := range slices.Sorted(maps.Keys(explained)) {
		if !explained[word] {
			t.Errorf("docs/glossary.md explains %q, the comment of package resource does not", word)
		}
	}
}
