package ec2

import (
	"testing"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/test/fieldtest"
)

func TestFieldsOfManagedPrefixLists(t *testing.T) {
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.ManagedPrefixListSpec, prefixList]{
		Kind: ManagedPrefixList(),
		Base: `{name: offices, addressFamily: IPv4, maxEntries: 3, entries: [{cidr: 10.0.0.0/16, description: a}, {cidr: 10.1.0.0/16}], tags: [{key: env, value: dev}]}`,
		Change: map[string]string{
			"addressFamily":         `{addressFamily: IPv6}`,
			"entries[].cidr":        `{entries: [{cidr: 10.2.0.0/16, description: a}, {cidr: 10.1.0.0/16}]}`,
			"entries[].description": `{entries: [{cidr: 10.0.0.0/16, description: b}, {cidr: 10.1.0.0/16}]}`,
			"maxEntries":            `{maxEntries: 4}`,
			"name":                  `{name: shops}`,
		},
		Check: map[string][]string{
			`{name: a, addressFamily: IPv6, maxEntries: 1, entries: [{cidr: "2001:db8::/32"}]}`: nil,
			`{name: com.amazonaws.x, addressFamily: IP, maxEntries: 1}`: {
				`spec.name: "com.amazonaws.x": AWS allows 1 to 255 characters that do not start with com.amazonaws`,
				`spec.addressFamily: "IP": AWS allows IPv4 and IPv6`,
			},
			`{name: a, addressFamily: IPv4, maxEntries: 0}`: {"spec.maxEntries: a list needs room for one entry at least"},
			`{name: a, addressFamily: IPv4, maxEntries: 3, entries: [{cidr: 10.0.0.0/8}, {cidr: 10.9.0.0/8}, {cidr: "2001:db8::/32"}, null]}`: {
				"spec.entries: has 4 entries: spec.maxEntries is 3",
				"spec.entries[1].cidr: 10.0.0.0/8 is already in the list",
				`spec.entries[2].cidr: "2001:db8::/32" is not an IPv4 block`,
				"spec.entries[3].cidr: is empty",
			},
		},
		ID: "pl-1", Got: gotPrefixList(types.PrefixListStateModifyComplete),
	}.Run(t)
}
