package scenario

import "testing"

func TestProcess(t *testing.T) {
	for identity, want := range map[string]int{"4711@host@": 4711, "12@host@tack:a@b": 12, "someone": 0, "": 0} {
		if got := Process(identity); got != want {
			t.Errorf("%q: process %d, want %d", identity, got, want)
		}
	}
}
