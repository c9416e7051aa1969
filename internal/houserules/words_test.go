package houserules

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

// turns are phrases that readers stumble over, with their replacements.
var turns = map[string]string{
	"of which":       "begin a second sentence",
	"whom":           "name who acts",
	"nobody knows":   "\"it is unknown whether\"",
	"for ever":       "\"forever\", \"permanently\", or say what ends it",
	"all the same":   "\"still\", \"anyway\"",
	"of before":      "\"earlier\", \"previous\"",
	"is to":          "\"must\", \"shall\", or an imperative",
	"are to":         "\"must\", \"shall\", or an imperative",
	"takes up":       "\"adopts\"",
	"take up":        "\"adopt\"",
	"taken up":       "\"adopted\"",
	"lets go":        "\"releases\"",
	"let go":         "\"release\"",
	"letting go":     "\"releasing\"",
	"is told":        "\"receives\", or \"the condition reports\"",
	"are told":       "\"receive\", or \"the condition reports\"",
	"had":            "the present tense",
	"be had":         "\"be available\", \"be obtained\"",
	"be told":        "\"receive\", or \"the condition reports\"",
	"been told":      "\"received\", or \"the condition reports\"",
	"was told":       "\"received\", or \"the condition reports\"",
	"were told":      "\"received\", or \"the condition reports\"",
	"lets it go":     "\"releases it\"",
	"let it go":      "\"release it\"",
	"lets them go":   "\"releases them\"",
	"let them go":    "\"release them\"",
	"comes upon":     "\"finds\"",
	"gives out":      "\"issues\"",
	"gave out":       "\"issued\"",
	"given out":      "\"issued\"",
	"for good":       "\"permanently\"",
	"under way":      "\"in flight\", \"in progress\"",
	"afresh":         "\"from scratch\", \"again\"",
	"the one before": "\"the previous one\"",
	"of one before":  "\"of an earlier one\"",
	"by now":         "the present tense, without it",
	"misspelt":       "\"misspelled\"",
	"speaks of":      "\"names\", \"reports\"",
	"speaks for":     "\"serves\"",
}

// TestWords keeps such phrases out of comments, strings, documents, scripts and manifests.
func TestWords(t *testing.T) {
	report := func(path, text string) {
		for _, turn := range turnsIn(text) {
			t.Errorf("%s: %q in %q: write %s", path, turn, snippet(text, turn), turns[turn])
		}
	}
	for _, s := range goFiles(t) {
		if strings.HasSuffix(s.path, "internal/houserules/words_test.go") {
			continue // it lists them
		}
		for _, group := range s.ast.Comments {
			report(s.path, group.Text())
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				report(s.path, l.Value)
			}
			return true
		})
	}
	err := walk(func(path string, text []byte) error {
		if isProse.MatchString(path) {
			report(path, joined(path, string(text)))
		}
		return nil
	})
	if err != nil {
		t.Fatalf("reading the documents: %v", err)
	}
}

// isProse matches the other files with text for readers: documents, scripts, manifests, settings.
var isProse = regexp.MustCompile(`\.(md|py|sh|yaml|yml|in)$|(^|/)(Makefile|Dockerfile)$`)

// nextComment matches the start of a comment line, with the line break before it.
var nextComment = regexp.MustCompile(`\n[ \t]*#+`)

// joined returns a text without the signs between the lines of a comment, so that a phrase over two
// lines is found. In a document of Markdown, # begins a heading.
func joined(path, text string) string {
	if strings.HasSuffix(path, ".md") {
		return text
	}
	return nextComment.ReplaceAllString(text, "\n")
}

// A phrase that a comment breaks over two lines is found.
func TestTurnsOverTwoLines(t *testing.T) {
	for path, text := range map[string]string{
		"a.py":     "x = 1  # the id of\n       # which is known\n",
		"a.sh":     "# the id of\n#\twhich\n",
		"a.yaml":   "a:\n  # the id of\n  # which\n",
		"Makefile": "## the id of\n## which\n",
		"a.md":     "the id of\nwhich\n",
	} {
		if got := turnsIn(joined(path, text)); !isProse.MatchString(path) || len(got) != 1 || got[0] != "of which" {
			t.Errorf("%s: got %q, want one phrase", path, got)
		}
	}
	if got := turnsIn(joined("a.md", "the list of\n# which\n")); len(got) != 0 {
		t.Errorf("got %q across a heading, want nothing", got)
	}
}

var turnPattern = func() *regexp.Regexp {
	var all []string
	for turn := range turns {
		all = append(all, strings.ReplaceAll(turn, " ", `\s+`))
	}
	return regexp.MustCompile(`(?i)\b(` + strings.Join(all, "|") + `)\b`)
}()

// turnsIn returns the phrases that a text contains, as they appear in the list.
func turnsIn(text string) (found []string) {
	for _, hit := range turnPattern.FindAllString(text, -1) {
		found = append(found, strings.ToLower(strings.Join(strings.Fields(hit), " ")))
	}
	return found
}

// snippet returns the part of a text around a phrase.
func snippet(text, turn string) string {
	text = strings.Join(strings.Fields(text), " ")
	at := strings.Index(strings.ToLower(text), turn)
	if at < 0 {
		return turn
	}
	return text[max(0, at-30):min(len(text), at+len(turn)+30)]
}
