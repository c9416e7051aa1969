package houserules

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// Every relative link of a document leads to a file, and every anchor to a heading.
func TestLinksResolve(t *testing.T) {
	pages := map[string]string{} // by path
	err := walk(func(path string, text []byte) error {
		if filepath.Ext(path) == ".md" {
			pages[path] = withoutCode(string(text))
		}
		return nil
	})
	if err != nil {
		t.Fatalf("reading the documents: %v", err)
	}
	checked := 0
	for from, text := range pages {
		for _, target := range linksIn(text) {
			checked++
			if problem := broken(pages, from, target); problem != "" {
				t.Errorf("%s links to %s: %s", from, target, problem)
			}
		}
	}
	if checked < 10 {
		t.Errorf("found %d relative links, want ten or more: does the pattern still match them?", checked)
	}
}

// broken says why a relative link of one page does not resolve, or nothing.
func broken(pages map[string]string, from, target string) string {
	file, anchor, hasAnchor := strings.Cut(target, "#")
	to := from
	if file != "" {
		to = path.Join(path.Dir(from), file)
	}
	if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(to))); err != nil {
		return "there is no such file"
	}
	if !hasAnchor {
		return ""
	}
	page, ok := pages[to]
	if !ok {
		return "only a document has anchors"
	}
	if !slices.Contains(anchorsIn(page), anchor) {
		return fmt.Sprintf("%s has no such heading", to)
	}
	return ""
}

var (
	fence     = regexp.MustCompile("(?s)(?:^|\n)[ \t]*```.*?\n[ \t]*```")
	span      = regexp.MustCompile("`[^`\n]*`")
	link      = regexp.MustCompile(`\]\(([^)\s]+)[^)]*\)|(?m)^\[[^\]]+\]:\s+(\S+)`)
	elsewhere = regexp.MustCompile(`^[a-z]+:`)
	heading   = regexp.MustCompile(`(?m)^#+ (.*)$`)
)

// withoutCode returns a document without its code blocks.
func withoutCode(text string) string { return fence.ReplaceAllString(text, "") }

// linksIn returns the targets of the relative links in a document.
func linksIn(text string) (targets []string) {
	for _, hit := range link.FindAllStringSubmatch(span.ReplaceAllString(text, "code"), -1) {
		if target := hit[1] + hit[2]; !elsewhere.MatchString(target) {
			targets = append(targets, target)
		}
	}
	return targets
}

// anchorsIn returns the anchors that GitHub gives to the headings of a document.
func anchorsIn(text string) (anchors []string) {
	seen := map[string]int{}
	for _, hit := range heading.FindAllStringSubmatch(text, -1) {
		anchor := strings.Map(func(r rune) rune {
			switch {
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				return unicode.ToLower(r)
			case r == ' ':
				return '-'
			}
			return -1
		}, strings.TrimSpace(hit[1]))
		if n := seen[anchor]; n > 0 {
			anchors = append(anchors, fmt.Sprintf("%s-%d", anchor, n))
		} else {
			anchors = append(anchors, anchor)
		}
		seen[anchor]++
	}
	return anchors
}

// A broken link is found, a correct one is not.
func TestBrokenLinksAreFound(t *testing.T) {
	pages := map[string]string{
		"README.md":      withoutCode("# Tack\n```sh\n# not a heading\n```\n## What `x` does, twice\n## What x does, twice\n"),
		"docs/README.md": "# Documents\n",
	}
	for target, works := range map[string]bool{
		"#tack": true, "#what-x-does-twice": true, "#what-x-does-twice-1": true, "#not-a-heading": false, "#what-x-does-twice-2": false,
		"docs": true, "docs/README.md": true, "docs/README.md#documents": true, "docs/README.md#tack": false, "docs/no.md": false, "go.mod#module": false,
	} {
		if problem := broken(pages, "README.md", target); (problem == "") != works {
			t.Errorf("%s: got the problem %q, want that it works: %t", target, problem, works)
		}
	}
	got := linksIn("[a](b.md) `[no](c.md)` [site](https://d) ![image](e.png \"title\")\n[f]: g.md\n")
	if want := []string{"b.md", "e.png", "g.md"}; !slices.Equal(got, want) {
		t.Errorf("got the links %q, want %q", got, want)
	}
}

var (
	makeCommand = regexp.MustCompile("`make ([a-z-]+)")
	makeTarget  = regexp.MustCompile(`(?m)^([a-z-]+):`)
)

// Every `make` command in a document names a target.
func TestMakeCommandsExist(t *testing.T) {
	targets := map[string]bool{}
	for _, hit := range makeTarget.FindAllStringSubmatch(document(t, "Makefile"), -1) {
		targets[hit[1]] = true
	}
	err := walk(func(path string, text []byte) error {
		if filepath.Ext(path) != ".md" {
			return nil
		}
		for _, hit := range makeCommand.FindAllStringSubmatch(string(text), -1) {
			if !targets[hit[1]] {
				t.Errorf("%s names make %s, which the Makefile does not have", path, hit[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("reading the documents: %v", err)
	}
}
