package e2e

import awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"

var _ = register(sample{
	kind: "ec2.SecurityGroup", spec: func() fields { return groupSpec("web", 80, 443) }, change: mergeRules(8443), create: "CreateSecurityGroup",
	count:  counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeSecurityGroups),
	remove: removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteSecurityGroup, "GroupId"),
	full: func(account string) fields {
		everything := fields{"ipProtocol": "-1", "ipRanges": []any{fields{"cidrIP": "10.1.2.3/8", "description": "the office"}}}
		return fields{
			"name": "full", "description": "made by a test",
			"ingressRules": []any{
				everything,
				fields{"ipProtocol": "6", "fromPort": int64(443), "toPort": int64(443), "ipv6Ranges": []any{fields{"cidrIPv6": "2001:db8::1/32"}}},
				fields{"ipProtocol": "icmp", "fromPort": int64(-1), "toPort": int64(-1), "ipRanges": []any{fields{"cidrIP": "10.0.0.0/8"}}},
				fields{"ipProtocol": "udp", "fromPort": int64(53), "toPort": int64(53), "userIDGroupPairs": []any{
					fields{"groupRef": fields{"from": fields{"name": "full"}}, "description": "itself"},
					fields{"groupRef": fields{"from": fields{"name": "full"}}, "userID": account},
				}},
				fields{"ipProtocol": "udp", "fromPort": int64(54), "toPort": int64(54), "userIDGroupPairs": []any{
					fields{"userID": account, "description": "itself, which the pair does not name"},
				}},
			},
			"egressRules": []any{tcp(443, "0.0.0.0/0")},
			"tags":        teamA(),
		}
	},
	fullChange: `{"spec":{"egressRules":[{"ipProtocol":"tcp","fromPort":444,"toPort":444,"ipRanges":[{"cidrIP":"0.0.0.0/0","description":"out"}]}],
		"ingressRules":[{"ipProtocol":"-1","ipRanges":[{"cidrIP":"10.1.2.3/8","description":"the building"}]},
			{"ipProtocol":"6","fromPort":443,"toPort":443,"ipv6Ranges":[{"cidrIPv6":"2001:db8::1/32"}]},
			{"ipProtocol":"tcp","fromPort":8443,"toPort":8443,"ipRanges":[{"cidrIP":"10.0.0.0/8"}]}],
		"tags":[{"key":"team","value":"b"}]}}`,
})
