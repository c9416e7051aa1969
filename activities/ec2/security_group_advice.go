package ec2

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/optional"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// adviseGroup names the rules that open more than they seem to. AWS: "if you specify -1, or a
// protocol number other than tcp, udp, icmp, or icmpv6, traffic on all ports is allowed, regardless
// of any ports you specify".
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
func adviseGroup(want ec2v1alpha1.SecurityGroupSpec) (advice []resource.Advice) {
	for _, list := range []struct {
		path  string
		rules []*ec2v1alpha1.IPPermission
	}{{"spec.ingressRules", want.IngressRules}, {"spec.egressRules", want.EgressRules}} {
		for i, p := range list.rules {
			if p == nil || !portsIgnored(p) {
				continue
			}
			advice = append(advice, resource.Advice{Reason: resource.ReasonPortsIgnored, Message: fmt.Sprintf(
				"%s[%d]: AWS ignores fromPort and toPort for ipProtocol %q: the rule opens all ports. Set ipProtocol to tcp or udp, or remove the ports",
				list.path, i, aws.ToString(p.IPProtocol))})
		}
	}
	return advice
}

// portsIgnored reports whether a rule names ports that AWS ignores. 0 to 0, 0 to 65535 and -1 are
// how people write "all".
func portsIgnored(p *ec2v1alpha1.IPPermission) bool {
	switch protocolName(aws.ToString(p.IPProtocol)) {
	case "tcp", "udp", "icmp", "icmpv6":
		return false
	}
	from, to := anyPort(optional.Int32(p.FromPort)), anyPort(optional.Int32(p.ToPort))
	return from > 0 || to > 0 && to != 65535
}
