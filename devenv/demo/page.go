package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"unicode/utf8"
)

// width is the maximum number of columns in a line.
const width = 100

// page is the output of the demo: chapters with wrapped lines.
type page struct {
	out  io.Writer
	bold bool
}

// newPage prints to a file, with titles in bold if it is a terminal.
func newPage(f *os.File) *page {
	info, err := f.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
	return &page{out: f, bold: terminal}
}

// heading prints a title.
func (p *page) heading(title string) {
	if p.bold {
		title = "\x1b[1m" + title + "\x1b[0m"
	}
	fmt.Fprintf(p.out, "\n%s\n", title)
}

// say prints a sentence.
func (p *page) say(format string, args ...any) {
	p.print(wrap(fmt.Sprintf(format, args...), width, "   ", "   "))
}

// quote prints a quoted message.
func (p *page) quote(text string) {
	p.print(wrap(text, width, `     > `, `       `))
}

// print prints lines unchanged.
func (p *page) print(lines []string) {
	for _, line := range lines {
		fmt.Fprintln(p.out, line)
	}
}

// wrap breaks text between words into lines of at most limit columns. A longer word, such as a URL,
// gets its own line.
func wrap(text string, limit int, first, next string) (lines []string) {
	line, empty := first, true
	for word := range strings.FieldsSeq(text) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > limit {
			lines = append(lines, line)
			line, empty = next, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	return append(lines, line)
}

// columns aligns rows in columns; no line ends in spaces.
func columns(rows [][]string) (lines []string) {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(table, "   "+strings.Join(row, "\t"))
	}
	_ = table.Flush() // to memory
	for line := range strings.Lines(text.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return lines
}
