package e2e

import awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"

// ref refers to an object in the same namespace.
func ref(name string) fields { return fields{"from": fields{"name": name}} }

var _ = register(sample{
	kind: "ec2.Subnet", change: `{"spec":{"mapPublicIPOnLaunch":true}}`, create: "CreateSubnet",
	spec:   func() fields { return fields{"vpcRef": ref("main"), "cidrBlock": "10.0.1.0/24"} },
	count:  counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeSubnets),
	remove: removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteSubnet, "SubnetId"),
	full: func(string) fields { // with blocks that AWS masks
		return fields{
			"vpcRef": ref("main"), "cidrBlock": "10.0.2.9/24", "ipv6CIDRBlock": "2001:db8:0:1::9/64", "availabilityZone": "eu-central-1a",
			"assignIPv6AddressOnCreation": true, "enableDNS64": true, "enableResourceNameDNSAAAARecord": true, "enableResourceNameDNSARecord": true,
			"hostnameType": "resource-name", "mapPublicIPOnLaunch": true, "tags": teamA(),
		}
	},
	fullChange: `{"spec":{"ipv6CIDRBlock":"2001:db8:0:2::/64","assignIPv6AddressOnCreation":false,"enableDNS64":false,"enableResourceNameDNSAAAARecord":false,
		"enableResourceNameDNSARecord":false,"hostnameType":"ip-name","mapPublicIPOnLaunch":false,"tags":[{"key":"team","value":"b"}]}}`,
})
