package bench

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// figure is one line of the table at the end.
type figure struct {
	what, value, beside string
}

var figures []figure

// report keeps a figure for the table, with the value to compare it with.
func report(b *testing.B, unit string, value float64, what, shown, beside string) {
	b.Helper()
	b.ReportMetric(value, unit)
	figures = append(figures, figure{what, shown, beside})
}

func printFigures(out io.Writer) {
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "\nFIGURE\tTACK\tBESIDE")
	for _, f := range figures {
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.what, f.value, f.beside)
	}
	_ = table.Flush() // to a terminal
}

// spread is a list of times; it prints their median with the shortest and the longest.
type spread []time.Duration

func (s spread) median() time.Duration {
	sorted := slices.Sorted(slices.Values(s))
	return sorted[len(sorted)/2]
}

func (s spread) String() string {
	return fmt.Sprintf("median %s (%s to %s, n=%d)", short(s.median()), short(slices.Min(s)), short(slices.Max(s)), len(s))
}

func short(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}

// cpu is a reading of the CPU time of each running part, in their order.
type cpu struct {
	names []string
	used  map[string]time.Duration
}

func cpuNow(b *testing.B) cpu {
	b.Helper()
	now := cpu{used: map[string]time.Duration{}}
	for _, p := range w.Parts() {
		d, err := p.CPU()
		if err != nil {
			b.Fatal(err)
		}
		now.names = append(now.names, p.Name())
		now.used[p.Name()] = d
	}
	return now
}

// since returns the CPU time that was used after an earlier reading.
func (c cpu) since(before cpu) cpu {
	diff := cpu{names: c.names, used: map[string]time.Duration{}}
	for name, d := range c.used {
		diff.used[name] = d - before.used[name]
	}
	return diff
}

func (c cpu) total() (sum time.Duration) {
	for _, d := range c.used {
		sum += d
	}
	return sum
}

func (c cpu) String() string {
	var parts []string
	for _, name := range c.names {
		parts = append(parts, fmt.Sprintf("%s %.1f", name, c.used[name].Seconds()))
	}
	return strings.Join(parts, ", ")
}
