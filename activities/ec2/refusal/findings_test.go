package refusal

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
)

func TestFindings(t *testing.T) {
	ref := &corev1alpha1.AWSResourceReferenceWrapper{}
	narrow, wide := Bounds{Min: 16, Max: 28, Code: "X.Range"}, Bounds{Min: 44, Max: 64, Fours: true, Code: "X.Range"}
	for name, test := range map[string]struct {
		check func(*Findings)
		want  []string
	}{
		"an id":                    {func(f *Findings) { f.Needs("a subnet", "a VPC", "vpcID", aws.String("vpc-1"), nil) }, nil},
		"its reference":            {func(f *Findings) { f.Needs("a subnet", "a VPC", "vpcID", nil, ref) }, nil},
		"neither":                  {func(f *Findings) { f.Needs("a subnet", "a VPC", "vpcID", aws.String(""), nil) }, []string{"spec.vpcID: a subnet needs a VPC: set vpcID or vpcRef: MissingParameter: The request must contain the parameter vpcId"}},
		"neither, nor another way": {func(f *Findings) { f.Needs("it", "a VPC", "vpcID", nil, nil, "mode: x") }, []string{"spec.vpcID: it needs a VPC: set vpcID or vpcRef, or mode: x: MissingParameter: The request must contain the parameter vpcId"}},
		"a block":                  {func(f *Findings) { f.Block("p", aws.String("10.0.0.9/16"), "IPv4", "cidr", narrow) }, nil},
		"a wide block":             {func(f *Findings) { f.Block("p", aws.String("10.0.0.0/8"), "IPv4", "cidr", narrow) }, []string{`p: "10.0.0.0/8": AWS allows blocks from /16 to /28: X.Range: The CIDR '10.0.0.0/8' is invalid.`}},
		"an IPv6 block":            {func(f *Findings) { f.Block("p", aws.String("2001:db8::/56"), "IPv6", "cidr", wide) }, nil},
		"between the fours":        {func(f *Findings) { f.Block("p", aws.String("2001:db8::/55"), "IPv6", "cidr", wide) }, []string{`p: "2001:db8::/55": AWS allows blocks from /44 to /64, in steps of four: X.Range: The CIDR '2001:db8::/55' is invalid.`}},
		"of the other family":      {func(f *Findings) { f.Block("p", aws.String("10.0.0.0/16"), "IPv6", "cidr", wide) }, []string{`p: "10.0.0.0/16" is not an IPv6 block: InvalidParameterValue: Value (10.0.0.0/16) for parameter cidr is invalid. This is not a valid CIDR block.`}},
		"no block":                 {func(f *Findings) { f.CIDR("p", aws.String("x"), "IPv4", NotCIDR("cidr")) }, []string{`p: "x" is not a CIDR block: InvalidParameterValue: Value (x) for parameter cidr is invalid. This is not a valid CIDR block.`}},
		"an address":               {func(f *Findings) { f.Address("p", aws.String("10.0.0.1"), "IPv4"); f.Address("p", nil, "IPv4") }, nil},
		"of another family":        {func(f *Findings) { f.Address("p", aws.String("::1"), "IPv4") }, []string{`p: "::1" is not an IPv4 address: InvalidAddress.Malformed: The specified IP address is not valid.`}},
		"an empty item":            {func(f *Findings) { f.NotEmpty("p", []*string{aws.String("a"), nil}, Unsaid(), "is empty") }, []string{"p[1]: is empty"}},
	} {
		var f Findings
		test.check(&f)
		var got []string
		for _, found := range f.All {
			got = append(got, found.String())
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
