package gateway

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// StateTime is how long resources stay in a transient state. It also applies to
// resources that are already in it.
type StateTime struct {
	// Account limits it to one account, and takes precedence over a time for all.
	Account string `json:"account,omitempty"`
	// Type is "natgateway" or "instance", State such as "pending".
	Type         string `json:"type"`
	State        string `json:"state"`
	Milliseconds int64  `json:"milliseconds"`
}

func (t StateTime) validate() error {
	known, ok := transient[t.Type]
	switch {
	case !ok:
		return fmt.Errorf("reading a state's time: type %q: want one of %s", t.Type, strings.Join(slices.Sorted(maps.Keys(transient)), ", "))
	case !slices.Contains(known, t.State):
		return fmt.Errorf("reading a state's time: state %q of type %s: want one of %s", t.State, t.Type, strings.Join(known, ", "))
	case t.Milliseconds < 0:
		return fmt.Errorf("reading a state's time: milliseconds can't be negative, got %d", t.Milliseconds)
	}
	return nil
}
