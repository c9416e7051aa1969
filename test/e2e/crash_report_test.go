package e2e

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// report describes all rows, in Markdown.
func (tried *trial) report() string {
	var b strings.Builder
	rows, passed, failed, seconds, last := 0, 0, []string{}, 0.0, tried.began
	for _, p := range tried.expected {
		for _, r := range p.rows {
			rows++
			o, run := tried.outcomes[r.name()]
			seconds += o.Seconds
			switch {
			case run && o.Passed:
				passed++
			case run:
				failed = append(failed, r.name())
			}
			if o.Time.After(last) {
				last = o.Time
			}
		}
	}
	fmt.Fprintf(&b, "# Nothing twice, nothing lost: the crash rows\n\n")
	fmt.Fprintf(&b, "Written by `make crash`, which anyone can repeat; it continues where it stopped. %s.\n\n", last.UTC().Format("2 January 2006, 15:04 UTC"))
	if *crashKinds != "" {
		fmt.Fprintf(&b, "- the rows of kinds that match `%s`\n", *crashKinds)
	}
	fmt.Fprintf(&b, "- %d rows, %d passed, %d failed, %d not run (yet)\n", rows, passed, len(failed), rows-passed-len(failed))
	fmt.Fprintf(&b, "- %s of rows, several in parallel, at commit %s; the programs' digest is %s, the seed of the samples %d\n\n",
		(time.Duration(seconds) * time.Second).String(), commit(), tried.digest, tried.seed)
	b.WriteString(whatIsChecked)
	for _, p := range tried.expected {
		tried.reportPhase(&b, p)
	}
	if len(failed) == 0 {
		return b.String()
	}
	b.WriteString("\n## Failures\n\nThe named folders have the histories and the journal of each row.\n\n")
	for _, name := range failed {
		fmt.Fprintf(&b, "- `%s`: `%s`, `%s`\n", name, failedDir(".tack/crash", name), repeat(name, tried.seed))
	}
	return b.String()
}

// commit returns the tested commit, as git describes it.
func commit() string {
	out, err := exec.Command("git", "describe", "--always", "--dirty").Output()
	if err != nil {
		return "unknown" // not a checkout
	}
	return strings.TrimSpace(string(out))
}

const whatIsChecked = `A row is one fault, once, at one boundary in the life of one object: create, update or delete. The boundaries come
from the history and the calls of an undisturbed run. ` + "`scheduled`" + ` and ` + "`completed`" + ` kill the part as soon as that event of an
activity is in the history, ` + "`hold-before`" + ` and ` + "`hold-after`" + ` before or after AWS executes a call. Each row then requires,
without help from a person:

- one accepted create in the gateway's journal, and one resource in AWS; after a deletion none, and the finalizer last;
- its id in the object's claim and status, the object Synced, and rules, attributes and tags that match the spec;
- no call that changed a resource without our owner tags; no failed run; no workflow task failed, except for a signal that
  arrived meanwhile; every history replays.

`

// reportPhase describes one phase: a line per kind and operation.
func (tried *trial) reportPhase(b *strings.Builder, p phase) {
	fmt.Fprintf(b, "## %s\n\n%s\n\n| kind | operation | rows | passed | failed | median | slowest |\n|---|---|---|---|---|---|---|\n", p.name, titles[p.name])
	type line struct{ kind, op string }
	var order []line
	rows := map[line][]row{}
	for _, r := range p.rows {
		l := line{r.sample.kind, r.op}
		if rows[l] == nil {
			order = append(order, l)
		}
		rows[l] = append(rows[l], r)
	}
	for _, l := range order {
		passed, failed, took := 0, 0, []float64{}
		for _, r := range rows[l] {
			o, run := tried.outcomes[r.name()]
			switch {
			case !run:
				continue
			case o.Passed:
				passed++
			default:
				failed++
			}
			took = append(took, o.Seconds)
		}
		slices.Sort(took)
		median, slowest := "", ""
		if len(took) > 0 {
			median, slowest = fmt.Sprintf("%.1f s", took[len(took)/2]), fmt.Sprintf("%.1f s", took[len(took)-1])
		}
		fmt.Fprintf(b, "| %s | %s | %d | %d | %d | %s | %s |\n", l.kind, l.op, len(rows[l]), passed, failed, median, slowest)
	}
	b.WriteString("\n")
}

var titles = map[string]string{
	workers:          "kill -9 of both workers.",
	"k8sbridge":      "kill -9 of the bridge, which watches the cluster and writes to it.",
	"temporal":       "kill -9 of the Temporal server; it starts again on the same database file.",
	"kube-apiserver": "kill -9 of kube-apiserver, every few seconds. The test also wakes the object: client-go backs off before it watches such a server again.",
	"etcd":           "kill -9 of etcd, every few seconds; it starts again on the same data. The test also wakes the object.",
	"terminated":     "The object's run is terminated, and the object woken.",
	"operated": "The object's run is canceled or deleted, and the object woken; or the run is reset. `reset-run` resets it at the boundary, " +
		"to the workflow task before it. `reset-run-later` resets it after the operation, to the workflow task of the boundary.",
	"unclear": "The call of the create is held and its worker killed. Then one input changes. The spec is edited, or the namespace names another account. " +
		"Or the object is deleted, its finalizer is stripped, or both, and another object with its name is created.",
	"lost": "Each call that changes a resource loses its response after AWS has executed it, or its request before AWS receives it. " +
		"Nothing is killed, and no workflow task times out.",
	"delayed": "Each call that changes a resource is held, and its worker is killed and declared dead. Only then the request arrives: " +
		"while Tack looks for the resource (delayed-at-once), or after the operation (delayed-at-last).",
}
