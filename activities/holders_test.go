package activities

import (
	"testing"
)

// What is in use is held, with names.
func TestHeldBy(t *testing.T) {
	if HeldBy("x", nil) != nil {
		t.Error("without users it is held")
	}
	held := HeldBy("x", []string{"a", "b", "c", "d", "e", "f", "g"})
	if want := "x is in use by a, b, c, d, e and 2 more: nothing of it is removed before that ends"; held.Message != want {
		t.Errorf("got %q, want %q", held.Message, want)
	}
}
