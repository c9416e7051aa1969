package houserules

import (
	"bytes"
	"os/exec"
	"regexp"
	"testing"

	"k8s.io/client-go/util/jsonpath"
)

// wayBackQuery matches the query of docs/moving-from-ack.md for objects that cannot go back to ACK yet: its
// JSONPath, and the program of awk behind it.
var wayBackQuery = regexp.MustCompile(`(?s)-o jsonpath='([^']+)' \|\s+awk '([^']+)'`)

// The query before the way back to ACK prints each object whose claim is still needed, and no other.
func TestTheWayBackFindsOpenClaims(t *testing.T) {
	query := wayBackQuery.FindStringSubmatch(document(t, "docs", "moving-from-ack.md"))
	if query == nil {
		t.Fatal("docs/moving-from-ack.md has no such query")
	}
	const closed, open = `{"install":"i","run":"r","id":"vpc-1"}`, `{"install":"i","run":"r"}`
	const replaces = `{"install":"i","id":"vpc-2","replaced":{"id":"vpc-1"}}`
	for name, test := range map[string]struct {
		synced, claim string
		reasons       []string
		want          bool
	}{
		"Synced":                    {"True", closed, []string{"Difference"}, false},
		"of another controller":     {"True", "", nil, false},
		"not Synced":                {"False", closed, []string{"TakeOverDiffers"}, true},
		"without a condition":       {"", closed, nil, true},
		"an open claim":             {"True", open, nil, true},
		"an unfinished replacement": {"True", closed, []string{"Difference", "Replaced"}, true},
		"one that just began":       {"True", replaces, nil, true},
	} {
		lines := queried(t, query[1], toGoBack(test.synced, test.claim, test.reasons))
		line := lines.String()
		filter := exec.CommandContext(t.Context(), "awk", query[2])
		filter.Stdin = lines
		printed, err := filter.Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := len(printed) > 0; got != test.want {
			t.Errorf("%s: printed %t, want %t: %s", name, got, test.want, line)
		}
	}
}

// queried returns what kubectl prints of an object for a JSONPath.
func queried(t *testing.T, path string, u map[string]any) *bytes.Buffer {
	t.Helper()
	query, lines := jsonpath.New("query").AllowMissingKeys(true), new(bytes.Buffer) // as kubectl does
	if err := query.Parse(path); err != nil {
		t.Fatal(err)
	}
	if err := query.Execute(lines, map[string]any{"items": []any{u}}); err != nil {
		t.Fatal(err)
	}
	return lines
}

// toGoBack returns an object with a claim, a state and advice; empty: none.
func toGoBack(synced, claim string, reasons []string) map[string]any {
	conditions, annotations := []any{}, map[string]any{}
	if synced != "" {
		conditions = append(conditions, map[string]any{"type": "ACK.ResourceSynced", "status": synced})
	}
	for _, reason := range reasons {
		conditions = append(conditions, map[string]any{"type": "ACK.Advisory", "status": "True", "reason": reason})
	}
	if claim != "" {
		annotations["services.k8s.aws/tack-claim"] = claim
	}
	return map[string]any{
		"kind": "VPC", "metadata": map[string]any{"namespace": "team-a", "name": "main", "annotations": annotations},
		"status": map[string]any{"conditions": conditions},
	}
}
