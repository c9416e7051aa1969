package permissions

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Policies are the actions that the policies in config/iam allow, by kind.
type Policies map[string]map[string]bool

// Read reads the policies of all kinds from a folder.
func Read(dir string) (Policies, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.*.json"))
	if err != nil {
		return nil, fmt.Errorf("finding the policies: %w", err)
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("finding the policies: %s has no policy", dir)
	}
	policies := Policies{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading a policy: %w", err)
		}
		var policy struct{ Statement []struct{ Action []string } }
		if err := json.Unmarshal(raw, &policy); err != nil {
			return nil, fmt.Errorf("reading %s: %w", path, err)
		}
		allowed := map[string]bool{}
		for _, s := range policy.Statement {
			for _, action := range s.Action {
				allowed[action] = true
			}
		}
		policies[strings.TrimSuffix(filepath.Base(path), ".json")] = allowed
	}
	return policies, nil
}

// aboutAnother lists the calls that may name only another object's resource, or name it first. The
// gateway's journal derives the owner from the resources that a call names, so for these calls it
// may name the wrong object.
var aboutAnother = map[string]bool{
	"ec2:CreateRoute":                          true, // the NAT gateway that a route points to
	"ec2:ReplaceRoute":                         true, // as above
	"ec2:ReplaceRouteTableAssociation":         true, // the table for a subnet or a gateway
	"ec2:AssociateDhcpOptions":                 true, // the VPC that gets AWS's own options
	"ec2:DescribeNetworkAcls":                  true, // the subnet that changes its ACL
	"ec2:ReplaceNetworkAclAssociation":         true, // the ACL that gets the subnet
	"ec2:ModifyInstanceAttribute":              true, // the groups for an instance
	"ec2:DescribeSubnets":                      true, // the subnet for a NAT gateway
	"ec2:DescribeInternetGateways":             true, // the VPC in which a NAT gateway looks for an internet gateway
	"ec2:DescribeFlowLogs":                     true, // the network of a flow log that an adoption looks for
	"ec2:DescribeTransitGatewayVpcAttachments": true, // the gateway and the VPC of such an attachment
}

// Allow reports whether the policy of the object's kind allows a call. The owner tag's value gives
// the kind. A call for an unknown object may belong to any kind.
func (p Policies) Allow(owner, action string) bool {
	if owner != "" && !aboutAnother[action] {
		return p[KindOf(owner)][action]
	}
	for _, allowed := range p {
		if allowed[action] {
			return true
		}
	}
	return false
}

// KindOf returns the kind of the object in the value of an owner tag. The value has the form
// install/cluster/kind/namespace/name; for any other value the kind is empty.
func KindOf(owner string) string {
	parts := strings.SplitN(owner, "/", 4)
	if len(parts) < 4 {
		return ""
	}
	return parts[2]
}
