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
		return nil, fmt.Errorf("finding the policies: there is none in %s", dir)
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

// aboutAnother are the calls that may name another object's resource first, or
// nothing else. Where the owner is told by the resources that a call names, as in
// the gateway's journal, he need not be the one who made it.
var aboutAnother = map[string]bool{
	"ec2:CreateRoute":                  true, // the NAT gateway that a route leads to
	"ec2:ReplaceRoute":                 true, // as above
	"ec2:ReplaceRouteTableAssociation": true, // the table that a subnet or a gateway gets
	"ec2:ModifyInstanceAttribute":      true, // the groups that an instance gets
	"ec2:DescribeSubnets":              true, // where a NAT gateway will be
	"ec2:DescribeInternetGateways":     true, // the VPC, by which a NAT gateway looks for one
}

// Allow says whether a call is allowed for the object that the value of an owner
// tag names: by the policy of its own kind. A call of which nobody knows the
// object is one of any kind.
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

// KindOf is the kind of the object in the value of an owner tag, which reads
// install/cluster/kind/namespace/name; it is empty if that is no such value.
func KindOf(owner string) string {
	parts := strings.SplitN(owner, "/", 4)
	if len(parts) < 4 {
		return ""
	}
	return parts[2]
}
