package optional

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// An empty text means unset.
func TestTexts(t *testing.T) {
	for name, test := range map[string]struct {
		text  *string
		given bool
	}{
		"nil":    {nil, false},
		"empty":  {aws.String(""), false},
		"spaces": {aws.String(" "), true}, // AWS judges them
		"text":   {aws.String("x"), true},
	} {
		if Given(test.text) != test.given || (Text(test.text) != nil) != test.given || (Of(aws.ToString(test.text)) != nil) != test.given || Count(test.text) > 0 != test.given {
			t.Errorf("%s: given %t, text %v, counted %d; want %t", name, Given(test.text), Text(test.text), Count(test.text), test.given)
		}
	}
	if n := Count(aws.String("a"), nil, aws.String("b"), aws.String("")); n != 2 {
		t.Errorf("counted %d, want 2", n)
	}
}

func TestInt32(t *testing.T) {
	if Int32(nil) != nil || *Int32(aws.Int64(7)) != 7 {
		t.Errorf("nil is %v, 7 is %d", Int32(nil), *Int32(aws.Int64(7)))
	}
}
