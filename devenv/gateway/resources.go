package gateway

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// subjectParams name the resource that a request is about, the most specific
// first: AttachInternetGateway is about the gateway, not about its VPC.
var subjectParams = []string{
	"GroupId", "SecurityGroupRuleId", "PolicyArn", "DhcpOptionsId", "InternetGatewayId",
	"EgressOnlyInternetGatewayId", "AllocationId", "AssociationId", "NatGatewayId", "NetworkAclId",
	"RouteTableId", "VpcEndpointId", "ServiceId", "VpcPeeringConnectionId", "TransitGatewayAttachmentId",
	"TransitGatewayId", "LaunchTemplateId", "PrefixListId", "CapacityReservationId", "FlowLogId",
	"InstanceId", "ResourceId", "RoleArn", "OpenIDConnectProviderArn", "SubnetId", "VpcId",
}

// subjectNames name the subject of IAM calls, which go by name rather than id.
var subjectNames = []string{"InstanceProfileName", "RoleName", "UserName", "GroupName", "PolicyName"}

// namedResources gives the resources that a request names.
func (c *call) namedResources() []string {
	var out []string
	if c.service == serviceIAM {
		for _, param := range subjectNames {
			if v := c.form.Get(param); v != "" {
				out = append(out, strings.ToLower(strings.TrimSuffix(param, "Name"))+"/"+v)
			}
		}
	}
	if c.action == "AssociateRouteTable" { // done for a subnet or a gateway, which has one table at a time
		for _, param := range []string{"SubnetId", "GatewayId"} {
			if v := c.form.Get(param); v != "" {
				out = append(out, v)
			}
		}
	}
	for _, param := range subjectParams {
		if v := c.form.Get(param); v != "" {
			out = append(out, v)
		}
		out = append(out, c.list(param)...)
	}
	return append(out, c.filteredResources()...)
}

// filteredResources gives the ids in filters such as group-id. The VPC in a
// filter is left out: it says where to look, not what the call is about.
func (c *call) filteredResources() []string {
	var out []string
	for param, values := range c.form {
		if !strings.HasPrefix(param, "Filter.") || !strings.HasSuffix(param, ".Name") {
			continue
		}
		if name := values[0]; strings.HasSuffix(name, "-id") && name != "vpc-id" {
			out = append(out, c.list(strings.TrimSuffix(param, "Name")+"Value")...)
		}
	}
	return out
}

// createdElements name the element that holds the id of what a create made,
// where it isn't the action's noun with "Id" after it.
var createdElements = map[string]string{
	"AllocateAddress":                       "allocationId",
	"RunInstances":                          "instanceId",
	"CreateSecurityGroup":                   "groupId",
	"CreateFlowLogs":                        "flowLogIdSet>item",
	"CreateManagedPrefixList":               "prefixListId",
	"CreateTransitGatewayVpcAttachment":     "transitGatewayAttachmentId",
	"CreateVpcEndpointServiceConfiguration": "serviceId",
	"CreateOpenIDConnectProvider":           "OpenIDConnectProviderArn",
}

// createdResources reads the ids of what an accepted create made. Only those,
// not others that the answer mentions.
func createdResources(c *call, a *answer) []string {
	if !makesResource(c.action) {
		return nil
	}
	want := createdElements[c.action]
	if want == "" {
		noun := strings.TrimPrefix(c.action, "Create")
		want = strings.ToLower(noun[:1]) + noun[1:] + "Id"
		if c.service == serviceIAM {
			want = "Arn"
		}
	}
	found := elements(a.body, want)
	if c.action != "RunInstances" && len(found) > 1 {
		found = found[:1]
	}
	return found
}

// elements gives the texts of all elements with the given name, or with the
// given parent and name when the path has a ">".
func elements(body []byte, path string) []string {
	parent, name, nested := strings.Cut(path, ">")
	if !nested {
		parent, name = "", path
	}
	var out, stack []string
	text := ""
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		token, err := d.Token()
		if err != nil {
			return out
		}
		switch t := token.(type) {
		case xml.StartElement:
			stack, text = append(stack, t.Name.Local), ""
		case xml.CharData:
			text += string(t)
		case xml.EndElement:
			inside := len(stack) > 1 && stack[len(stack)-2] == parent
			if t.Name.Local == name && (!nested || inside) && strings.TrimSpace(text) != "" {
				out = append(out, strings.TrimSpace(text))
			}
			stack, text = stack[:len(stack)-1], ""
		}
	}
}

// partCreates begin with Create but make a part of a resource, not one.
var partCreates = map[string]bool{
	"CreateTags": true, "CreateRoute": true, "CreateNetworkAclEntry": true,
	"CreatePolicyVersion": true, "CreateLaunchTemplateVersion": true,
	"CreateTransitGatewayRoute": true, "CreateManagedPrefixListEntry": true,
}

// makesResource tells the actions that make a resource of their own.
func makesResource(action string) bool {
	switch action {
	case "RunInstances", "AllocateAddress":
		return true
	}
	return strings.HasPrefix(action, "Create") && !partCreates[action]
}
