package holders

import (
	"testing"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

func TestWait(t *testing.T) {
	if Wait("x", nil) != nil {
		t.Error("without users it is held")
	}
	held := Wait("x", []string{"a", "b", "c", "d", "e", "f", "g"})
	if want := "x is in use by a, b, c, d, e and 2 more: Tack removes no part of it until it is free"; held.Message != want {
		t.Errorf("got %q, want %q", held.Message, want)
	}
}

// A delete that is not sent is refused in the words that AWS would use.
func TestRefusal(t *testing.T) {
	h := Holding{Code: "DependencyViolation", Message: "It has dependencies."}
	if err := h.Refusal(); err != nil {
		t.Errorf("nothing holds it, and it is refused: %v", err)
	}
	h.By = []string{"subnet-1"}
	if got := awserror.Of(h.Refusal()); got.Class != resource.Dependent || got.Code != h.Code || got.Message != "It has dependencies. It is held by subnet-1." {
		t.Errorf("got %+v", got)
	}
}
