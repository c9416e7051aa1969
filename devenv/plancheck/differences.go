package plancheck

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/resource"
)

// Differences names the parameters in which the made calls differ from the planned ones, which have the
// same actions, stage by stage. Calls of one stage run in parallel: each planned one is compared with the
// made one that it resembles most. A request that is too large for the journal is not compared.
func Differences(ctx context.Context, planned []resource.PlannedCall, made []gateway.Entry) (found []string, err error) {
	for len(planned) > 0 {
		stage := 1
		for stage < len(planned) && planned[stage].Order == planned[0].Order {
			stage++
		}
		ran := slices.Clone(made[:min(stage, len(made))])
		made = made[len(ran):]
		for _, call := range planned[:stage] {
			var unlike []string
			if unlike, ran, err = nearest(ctx, call, ran); err != nil {
				return nil, err
			}
			found = append(found, unlike...)
		}
		planned = planned[stage:]
	}
	return found, nil
}

// nearest compares a planned call with the made one that it resembles most, and returns the others.
func nearest(ctx context.Context, call resource.PlannedCall, made []gateway.Entry) (unlike []string, others []gateway.Entry, err error) {
	want, err := Params(ctx, call)
	if err != nil {
		return nil, nil, err
	}
	_, action, _ := strings.Cut(call.Action, ":")
	best := -1
	for i, e := range made {
		if e.Action != action {
			continue
		}
		if found := differences(want, e.Params); best < 0 || len(found) < len(unlike) {
			best, unlike = i, found
		}
	}
	if best < 0 {
		return []string{call.Action + ": planned, and not made"}, made, nil
	}
	for i := range unlike {
		unlike[i] = call.Action + " (" + call.Summary + "): " + unlike[i]
	}
	return unlike, slices.Delete(made, best, best+1), nil
}

// differences compares the parameters of two requests.
func differences(planned, made map[string]string) (found []string) {
	if planned == nil || made == nil {
		return nil
	}
	names := maps.Clone(made)
	maps.Copy(names, planned)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		want, plans := planned[name]
		got, makes := made[name]
		switch {
		case !makes:
			found = append(found, fmt.Sprintf("%s: planned %q, made without", name, want))
		case !plans:
			found = append(found, fmt.Sprintf("%s: not planned, made with %q", name, got))
		case want != got && !stands(want):
			found = append(found, fmt.Sprintf("%s: planned %q, made with %q", name, want, got))
		}
	}
	return found
}

// marks are the texts in a planned request that stand for what is unknown, or for a secret.
var marks = []string{resource.NewID, resource.StandInMark, resource.UnknownToken, resource.UnknownUID, gateway.Hidden}

// stands reports whether a planned value stands for any other.
func stands(value string) bool {
	return slices.ContainsFunc(marks, func(mark string) bool { return strings.Contains(value, mark) })
}
