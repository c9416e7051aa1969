package gateway

import (
	"net/url"
	"slices"
)

// attachGateway refuses a second gateway of a VPC, which moto takes.
var attachGateway = correction{before: func(x *exchange) *answer {
	vpc, id := x.form.Get("VpcId"), x.form.Get("InternetGatewayId")
	a := x.ask("DescribeInternetGateways", url.Values{"Filter.1.Name": {"attachment.vpc-id"}, "Filter.1.Value.1": {vpc}})
	if !a.ok() {
		return a
	}
	if found := elements(a.body, "internetGatewayId"); len(found) > 0 && !slices.Contains(found, id) {
		return x.badRequest("Resource.AlreadyAssociated", "Network %s already has an internet gateway attached", vpc)
	}
	return nil
}}
