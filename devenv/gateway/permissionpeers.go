package gateway

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
)

// readPeers gives one rule for each range, prefix list and group.
func readPeers(c *call, prefix string, base securityGroupRule) ([]*securityGroupRule, error) {
	var out []*securityGroupRule
	for _, kind := range peerKinds {
		for i := 1; ; i++ {
			at := fmt.Sprintf("%s%s.%d.", prefix, kind.list, i)
			if !hasPrefix(c.form, at) {
				break
			}
			rule := base
			rule.Description = c.form.Get(at + "Description")
			if err := checkRuleDescription(rule.Description); err != nil {
				return nil, err
			}
			if err := kind.read(c, at, &rule); err != nil {
				return nil, err
			}
			out = append(out, &rule)
		}
	}
	return out, nil
}

// peerKinds are the four lists of a permission.
var peerKinds = []struct {
	list string
	read func(c *call, at string, r *securityGroupRule) error
}{
	{"IpRanges", func(c *call, at string, r *securityGroupRule) (err error) {
		r.CIDRv4, err = canonicalCIDR(c.form, at+"CidrIp", true)
		return err
	}},
	{"Ipv6Ranges", func(c *call, at string, r *securityGroupRule) (err error) {
		r.CIDRv6, err = canonicalCIDR(c.form, at+"CidrIpv6", false)
		return err
	}},
	{"PrefixListIds", func(c *call, at string, r *securityGroupRule) error {
		r.PrefixListID = c.form.Get(at + "PrefixListId")
		return nil
	}},
	{"Groups", func(c *call, at string, r *securityGroupRule) error {
		r.Peer = &referencedGroup{GroupID: c.form.Get(at + "GroupId"), UserID: c.form.Get(at + "UserId")}
		if r.Peer.GroupID == "" {
			return &refusedPermission{"MissingParameter", "a group in a permission needs its GroupId"}
		}
		return nil
	}},
}

// canonicalCIDR masks the host bits away, as AWS does on storing, and writes
// the result back.
func canonicalCIDR(form url.Values, param string, v4 bool) (string, error) {
	p, err := netip.ParsePrefix(form.Get(param))
	if err != nil || p.Addr().Is4() != v4 {
		return "", invalid("CIDR block %s is malformed", form.Get(param))
	}
	canonical := p.Masked().String()
	form.Set(param, canonical)
	return canonical, nil
}

// ruleDescription is the alphabet of descriptions, of rules and groups.
var ruleDescription = regexp.MustCompile(`^[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]*$`)

func checkRuleDescription(d string) error {
	if len(d) > 255 || !ruleDescription.MatchString(d) {
		return invalid("Invalid rule description %q: at most 255 characters from a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*", d)
	}
	return nil
}
