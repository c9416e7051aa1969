package refusal

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/finding"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
)

// Findings collects what EC2 would refuse about a spec.
type Findings struct{ finding.List }

// Needs requires an id, or the reference that it comes from: "a subnet", "a VPC", "vpcID". more
// names another way to satisfy AWS.
func (f *Findings) Needs(what, needed, field string, id *string, ref *corev1alpha1.AWSResourceReferenceWrapper, more ...string) {
	if aws.ToString(id) != "" || ref != nil {
		return
	}
	name := strings.TrimSuffix(field, "ID")
	ways := append([]string{fmt.Sprintf("set %s or %sRef", field, name)}, more...)
	f.Add("spec."+field, Says(Missing, Lacks, name+"Id"), "%s needs %s: %s", what, needed, strings.Join(ways, ", or "))
}

// CIDR checks a block. It accepts host bits: AWS masks them off. answer is AWS's answer to a bad
// block, which quotes it.
func (f *Findings) CIDR(path string, cidr *string, family, answer string) (good bool) {
	p, err := netip.ParsePrefix(aws.ToString(cidr))
	switch {
	case aws.ToString(cidr) == "":
		f.Add(path, Says(BadValue, answer, ""), "is empty")
	case err != nil:
		f.Add(path, Says(BadValue, answer, *cidr), "%q is not a CIDR block", *cidr)
	case p.Addr().Is4() != (family == "IPv4"):
		f.Add(path, Says(BadValue, answer, *cidr), "%q is not an %s block", *cidr, family)
	default:
		return true
	}
	return false
}

// Bounds are the masks that AWS accepts for a block, and its code for others.
type Bounds struct {
	Min, Max int
	Fours    bool // only each fourth length, as for IPv6
	Code     string
}

// Block checks a block of a resource: CIDR, and the length of its mask.
func (f *Findings) Block(path string, cidr *string, family, parameter string, b Bounds) (good bool) {
	if !f.CIDR(path, cidr, family, NotCIDR(parameter)) {
		return false
	}
	bits, words := netip.MustParsePrefix(*cidr).Bits(), fmt.Sprintf("from /%d to /%d", b.Min, b.Max)
	if b.Fours {
		words += ", in steps of four"
	}
	if bits < b.Min || bits > b.Max || b.Fours && bits%4 != 0 {
		f.Add(path, Says(b.Code, badRange, *cidr), "%q: AWS allows blocks %s", *cidr, words)
	}
	return true
}

// Address checks an address. It lets an empty text pass: it is not sent.
func (f *Findings) Address(path string, address *string, family string) {
	if aws.ToString(address) == "" {
		return
	}
	if ip, err := netip.ParseAddr(*address); err != nil || ip.Is4() != (family == "IPv4") {
		f.Add(path, Says(malformedIP, malformedIPSaid), "%q is not an %s address", *address, family)
	}
}

// NotEmpty checks the items of a list of ids or names.
func (f *Findings) NotEmpty(path string, items []*string, answer finding.Answer, words string) {
	for i, item := range items {
		if aws.ToString(item) == "" {
			f.Add(fmt.Sprintf("%s[%d]", path, i), answer, "%s", words)
		}
	}
}
