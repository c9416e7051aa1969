package stack

import (
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"
)

// Describe prints the addresses of the environment's parts.
func (s *Stack) Describe(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PART\tADDRESS\tPID\tCPU\tLOG")
	running := 0
	for _, p := range s.Parts() {
		pid, cpu := "not running", ""
		if n := p.PID(); n != 0 {
			running++
			pid = fmt.Sprint(n)
			if d, err := p.CPU(); err == nil {
				cpu = elapsed(d)
			}
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", p.Name(), p.Address(), pid, cpu, s.shown(p.LogFile()))
	}
	if running > 0 {
		fmt.Fprintln(table)
		fmt.Fprintf(table, "Web UI\t%s\n", s.TemporalUI)
		fmt.Fprintf(table, "AWS endpoint\t%s\n", s.GatewayURL)
		fmt.Fprintf(table, "Kubernetes\texport KUBECONFIG=%s\n", s.Kubeconfig)
		fmt.Fprintf(table, "Logs\t%s\n", s.shown(s.LogDir))
	}
	return table.Flush()
}

// shown shortens a path below the repository root.
func (s *Stack) shown(path string) string {
	if rel, err := filepath.Rel(s.root, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}
