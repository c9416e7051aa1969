// Package cidr compares CIDR blocks and addresses as EC2 does.
package cidr

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Network returns a block masked to its network, as AWS shows it; another text is returned
// unchanged.
func Network(block string) string {
	p, err := netip.ParsePrefix(strings.TrimSpace(block))
	if err != nil {
		return block
	}
	return p.Masked().String()
}

// Networks returns the networks of a list of blocks.
func Networks(blocks []*string) (networks []string) {
	for _, b := range blocks {
		networks = append(networks, Network(aws.ToString(b)))
	}
	return networks
}

// Optional returns the network of a block; nil where the block is not set.
func Optional(block *string) *string {
	if aws.ToString(block) == "" {
		return nil
	}
	return aws.String(Network(*block))
}

// Mask returns the length of a block's mask; empty where there is no block.
func Mask(block *string) string {
	p, err := netip.ParsePrefix(aws.ToString(block))
	if err != nil {
		return ""
	}
	return fmt.Sprint(p.Bits())
}

// Overlap reports whether two blocks share addresses.
func Overlap(a, b string) bool {
	p, errP := netip.ParsePrefix(a)
	q, errQ := netip.ParsePrefix(b)
	return errP == nil && errQ == nil && p.Overlaps(q)
}

// Address returns an address in one form: an IPv6 address has many spellings.
func Address(text string) string {
	if ip, err := netip.ParseAddr(text); err == nil {
		return ip.String()
	}
	return text
}
