package cidr

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

func TestForms(t *testing.T) {
	for name, test := range map[string]struct{ got, want string }{
		"host bits are masked":      {Network("10.1.2.3/16"), "10.1.0.0/16"},
		"spaces around a block":     {Network(" 10.1.0.0/16 "), "10.1.0.0/16"},
		"IPv6 in its short form":    {Network("2001:DB8:0::1/32"), "2001:db8::/32"},
		"no block stays as it is":   {Network("pl-1"), "pl-1"},
		"the mask":                  {Mask(aws.String("10.1.0.0/16")), "16"},
		"no block has no mask":      {Mask(nil), ""},
		"an address has one form":   {Address("2001:0DB8::0001"), "2001:db8::1"},
		"no address stays as it is": {Address("x"), "x"},
		"a list":                    {Networks([]*string{aws.String("10.1.2.3/16"), nil})[0], "10.1.0.0/16"},
		"a field":                   {aws.ToString(Optional(aws.String("10.1.2.3/16"))), "10.1.0.0/16"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", name, test.got, test.want)
		}
	}
	if Optional(nil) != nil || Optional(aws.String("")) != nil {
		t.Error("a block that is not set has a network")
	}
}
