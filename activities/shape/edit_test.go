package shape

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
)

func TestEdits(t *testing.T) {
	type (
		wanted struct {
			HTTPTokens, HostnameType *string
			HopLimit                 *int64
			On                       *bool
		}
		shown struct {
			HttpTokens state
			HostName   *string
			HopLimit   *int32
			On         *bool
		}
		request struct {
			HttpTokens state
			DnsName    *string
			HopLimit   *int32
			On         *bool
		}
	)
	edits := Edit[request, wanted, shown]("httpTokens", "hopLimit", "on").As("hostnameType", "HostName", "DnsName")
	full := &wanted{aws.String("required"), aws.String("ip"), aws.Int64(2), aws.Bool(true)}
	for name, test := range map[string]struct {
		want  *wanted
		got   *shown
		in    request
		words []string
	}{
		"nothing wanted":          {nil, &shown{}, request{}, nil},
		"everything left out":     {&wanted{HTTPTokens: aws.String("")}, &shown{HttpTokens: "optional", On: aws.Bool(true)}, request{}, nil},
		"as it is":                {full, &shown{"required", aws.String("ip"), aws.Int32(2), aws.Bool(true)}, request{}, nil},
		"some differ":             {full, &shown{"optional", aws.String("ip"), aws.Int32(1), aws.Bool(true)}, request{HttpTokens: "required", HopLimit: aws.Int32(2)}, []string{"httpTokens required", "hopLimit 2"}},
		"AWS shows nothing":       {full, nil, request{"required", aws.String("ip"), aws.Int32(2), aws.Bool(true)}, []string{"httpTokens required", "hopLimit 2", "on true", "hostnameType ip"}},
		"off, which AWS left out": {&wanted{On: aws.Bool(false)}, &shown{}, request{}, nil},
		"off":                     {&wanted{On: aws.Bool(false)}, &shown{On: aws.Bool(true)}, request{On: aws.Bool(false)}, []string{"on false"}},
		"zero":                    {&wanted{HopLimit: aws.Int64(0)}, &shown{HopLimit: aws.Int32(1)}, request{HopLimit: aws.Int32(0)}, []string{"hopLimit 0"}},
	} {
		var in request
		words := edits.Into(&in, test.want, test.got)
		if diff := cmp.Diff(test.words, words); diff != "" {
			t.Errorf("%s: words (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(test.in, in); diff != "" {
			t.Errorf("%s: request (-want +got):\n%s", name, diff)
		}
	}
	for name, declare := range map[string]func(){
		"a field that the request lacks":    func() { Edit[request, wanted, shown]("hostnameType") },
		"a field of another type in AWS's":  func() { Edit[request, wanted, shown]().As("on", "HopLimit", "On") },
		"a field that the API's type lacks": func() { Edit[request, wanted, shown]().As("off", "On", "On") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it is accepted")
				}
			}()
			declare()
		})
	}
}
