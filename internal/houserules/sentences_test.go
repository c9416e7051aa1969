package houserules

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// longestSentence is how many words a sentence may have. Writers aim at 25.
const longestSentence = 30

var (
	listItem    = regexp.MustCompile(`^\s*([-*]|\d+\.)\s+`)
	sentenceEnd = regexp.MustCompile("[.!?:;]\\s+(?:[A-Z`*\\[(]|$)")
	address     = regexp.MustCompile(`https?://\S+`)
	aWord       = regexp.MustCompile(`\w`)
	shownLink   = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
)

// TestSentencesAreShort limits the sentences of documents and comments.
func TestSentencesAreShort(t *testing.T) {
	check := func(path, paragraph string) {
		for _, s := range sentencesIn(paragraph) {
			if n := wordsIn(s); n > longestSentence {
				t.Errorf("%s: %d words, at most %d are allowed: split %q", path, n, longestSentence, strings.TrimSpace(s))
			}
		}
	}
	for _, s := range goFiles(t) {
		for _, group := range s.ast.Comments {
			for _, paragraph := range paragraphsOf(group.Text()) {
				check(s.path, paragraph)
			}
		}
	}
	err := walk(func(path string, text []byte) error {
		if filepath.Ext(path) == ".md" {
			for _, paragraph := range paragraphsOf(withoutCode(string(text))) {
				check(path, paragraph)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("reading the documents: %v", err)
	}
}

func TestParagraphs(t *testing.T) {
	text := "# Title\n\nOne sentence\nin two lines. Another.\n- an item\n  that goes on\n| a cell | another cell |\n"
	got := strings.Join(paragraphsOf(text), "/")
	if want := "One sentence in two lines. Another./an item that goes on/ a cell / another cell "; got != want {
		t.Errorf("paragraphs are %q, want %q", got, want)
	}
	if got := sentencesIn("One sentence. Another: X goes on; it ends."); len(got) != 3 {
		t.Errorf("sentences are %q, want three", got)
	}
	if got := wordsIn("See [the page](docs/page.md) of `a b c`, https://example.com/a."); got != 5 {
		t.Errorf("%d words, want 5", got)
	}
}

// paragraphsOf returns what is read in one go: paragraphs, items of lists, cells of tables.
func paragraphsOf(text string) (all []string) {
	var lines []string
	end := func() {
		if len(lines) > 0 {
			all = append(all, strings.Join(lines, " "))
		}
		lines = nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "|"):
			end()
			all = append(all, strings.Split(strings.Trim(line, "|"), "|")...)
		case strings.TrimSpace(line) == "", strings.HasPrefix(line, "#"), strings.HasPrefix(line, "\t"):
			end()
		case listItem.MatchString(line):
			end()
			lines = []string{listItem.ReplaceAllString(line, "")}
		default:
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	end()
	return all
}

// sentencesIn splits a paragraph, also where a colon or semicolon begins another main clause.
func sentencesIn(paragraph string) (all []string) {
	for {
		at := sentenceEnd.FindStringIndex(paragraph)
		if at == nil {
			return append(all, paragraph)
		}
		all, paragraph = append(all, paragraph[:at[0]+1]), paragraph[at[0]+1:]
		if strings.TrimSpace(paragraph) == "" {
			return all
		}
	}
}

// wordsIn counts code and the text of a link as one word each or more, and addresses as none.
func wordsIn(sentence string) (n int) {
	sentence = shownLink.ReplaceAllString(sentence, "$1")
	sentence = address.ReplaceAllString(span.ReplaceAllString(sentence, "code"), "")
	for word := range strings.FieldsSeq(sentence) {
		if aWord.MatchString(word) {
			n++
		}
	}
	return n
}
