package ec2

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/documents"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/late"
	"github.com/tack-dev/tack/activities/optional"
	"github.com/tack-dev/tack/activities/shape"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	createVPCEndpoint = defaults.Creates(describe.VPCEndpoints, (*awsec2.Client).CreateVpcEndpoint)
	modifyVPCEndpoint = call.To("Modify", (*awsec2.Client).ModifyVpcEndpoint)
	deleteVPCEndpoint = call.Delete((*awsec2.Client).DeleteVpcEndpoints).HeldBy(vpcEndpointHolders, vpcEndpointInUse)
)

var (
	vpcEndpointEdits = shape.Edit[awsec2.ModifyVpcEndpointInput, ec2v1alpha1.VPCEndpointSpec, types.VpcEndpoint]("ipAddressType", "privateDNSEnabled")
	vpcEndpointDNS   = shape.Edit[types.DnsOptionsSpecification, ec2v1alpha1.DNSOptionsSpecification, types.DnsOptions]("dnsRecordIPType", "privateDNSPreference")
)

var vpcEndpointDescribed = shape.Spec[ec2v1alpha1.VPCEndpointSpec, types.VpcEndpoint](shape.Out("securityGroupIDs"))

// VPCEndpoint manages an endpoint. Its deletion is awaited, because its interfaces hold subnets and
// security groups until then. AWS lists a deleted one for a while.
func VPCEndpoint() kind.Kind {
	type spec = ec2v1alpha1.VPCEndpointSpec
	return defaults.Of(describe.VPCEndpoints, createVPCEndpoint, deleteVPCEndpoint, defaults.Definition[spec, types.VpcEndpoint]{
		Kind:   "ec2.VPCEndpoint",
		Check:  checkVPCEndpoint,
		Facts:  vpcEndpointFacts,
		Create: defaults.Request(createVPCEndpoint, vpcEndpointWords),
		Plan:   planVPCEndpoint,
		Status: shape.Shown[ec2v1alpha1.VPCEndpointStatus, types.VpcEndpoint](),
		Spec:   describedVPCEndpoint,
		Late:   late.Of[types.VpcEndpoint]("policyDocument"),
		// AWS shows a Region only for a service of another one.
		Fixed:      fixed.Of[spec, types.VpcEndpoint]("serviceName", "serviceNetworkARN", "serviceRegion", "vpcEndpointType", "vpcID").WhereShown(),
		Unique:     []string{"serviceName", "vpcID"},
		NaturalKey: true, // the token
		Named:      namedEndpoints,
		Calls:      call.All(modifyVPCEndpoint),
	})
}

func describedVPCEndpoint(got *types.VpcEndpoint) ec2v1alpha1.VPCEndpointSpec {
	spec := vpcEndpointDescribed(got)
	spec.SecurityGroupIDs = vpcEndpointGroups(got)
	return spec
}

// vpcEndpointGroups returns the security groups of an endpoint as a spec names them.
func vpcEndpointGroups(got *types.VpcEndpoint) (ids []*string) {
	for _, group := range got.Groups {
		ids = append(ids, group.GroupId)
	}
	return ids
}

// vpcEndpointWords says what a create makes.
func vpcEndpointWords(want ec2v1alpha1.VPCEndpointSpec) string {
	return "create an endpoint in " + aws.ToString(want.VPCID) + " for " + cmp.Or(aws.ToString(want.ServiceName), aws.ToString(want.ServiceNetworkARN))
}

var vpcEndpointStates = defaults.States[types.State]{
	Pending:  []types.State{types.StatePending, types.StatePendingAcceptance},
	Deleting: []types.State{types.StateDeleting},
	Failed:   []types.State{types.StateFailed, types.StateRejected, types.StateExpired},
	Gone:     []types.State{types.StateDeleted},
}

// vpcEndpointFacts tells who must accept the endpoint, and why it failed in AWS's words.
func vpcEndpointFacts(got *types.VpcEndpoint) kind.Facts {
	id, state := aws.ToString(got.VpcEndpointId), describe.EndpointState(*got)
	facts := vpcEndpointStates.Facts(got.VpcEndpointId, state)
	switch {
	case state == types.StatePendingAcceptance:
		facts.Pending.Message = fmt.Sprintf("%s is pendingAcceptance: the owner of the service %s must accept it", id, aws.ToString(got.ServiceName))
		facts.Deletable = true
	case state == types.StateDeleting:
		facts.Pending.Message += ": its interfaces hold their subnets and security groups until then"
	case facts.Failed != nil:
		e := cmp.Or(got.LastError, &types.LastError{})
		why := cmp.Or(aws.ToString(e.Message), aws.ToString(got.FailureReason))
		if state == types.StateRejected {
			why = cmp.Or(why, "by the owner of the service "+aws.ToString(got.ServiceName))
		}
		words := strings.TrimSuffix(id+" is "+strings.ToLower(string(state))+": "+why, ": ")
		facts.Failed = &resource.Wait{Reason: cmp.Or(aws.ToString(e.Code), string(state)), Message: words + defaults.NextTry}
	}
	return facts
}

// planVPCEndpoint changes everything in one call: AWS allows an account four such calls at once,
// and then one in three seconds.
func planVPCEndpoint(want ec2v1alpha1.VPCEndpointSpec, got *types.VpcEndpoint, c kind.Case) (draft kind.Draft) {
	if got == nil {
		return draft
	}
	in, t := awsec2.ModifyVpcEndpointInput{VpcEndpointId: aws.String(c.ID)}, &together{}
	if optional.Given(want.PolicyDocument) && !documents.Same(*want.PolicyDocument, aws.ToString(got.PolicyDocument)) {
		in.PolicyDocument = want.PolicyDocument
		t.change("spec.policyDocument", "replace the policy")
	}
	t.fields(vpcEndpointEdits.Into(&in, &want, got))
	in.DnsOptions = changedDNS(t, want.DNSOptions, got.DnsOptions)
	if want.RouteTableIDs != nil { // a list that is left out stays
		in.AddRouteTableIds, in.RemoveRouteTableIds = t.list("spec.routeTableIDs", texts(want.RouteTableIDs), got.RouteTableIds)
	}
	if want.SubnetIDs != nil {
		in.AddSubnetIds, in.RemoveSubnetIds = t.list("spec.subnetIDs", texts(want.SubnetIDs), got.SubnetIds)
	}
	if len(want.SecurityGroupIDs) > 0 { // an interface always has a group
		in.AddSecurityGroupIds, in.RemoveSecurityGroupIds = t.list("spec.securityGroupIDs", texts(want.SecurityGroupIDs), aws.ToStringSlice(vpcEndpointGroups(got)))
	}
	draft.Steps = t.steps(func(words string) resource.Step { return modifyVPCEndpoint.Step("change the endpoint: "+words, in) })
	if describe.EndpointState(*got) == types.StatePartial { // an edit may cure it, so it does not hold back the steps
		draft.Wait = kind.Pending("%s is partial: some of what it leads to does not work", c.ID)
	}
	return draft
}

// changedDNS returns the options of DNS that change: the domains go with the preference.
func changedDNS(t *together, want *ec2v1alpha1.DNSOptionsSpecification, got *types.DnsOptions) *types.DnsOptionsSpecification {
	if want == nil {
		return nil
	}
	got = cmp.Or(got, &types.DnsOptions{})
	options := &types.DnsOptionsSpecification{}
	words := vpcEndpointDNS.Into(options, want, got)
	has := slices.Sorted(slices.Values(got.PrivateDnsSpecifiedDomains))
	if domains := texts(want.PrivateDNSSpecifiedDomains); len(domains) > 0 && !slices.Equal(domains, has) {
		options.PrivateDnsSpecifiedDomains, options.PrivateDnsPreference = domains, optional.Text(want.PrivateDNSPreference)
		words = append(words, "private DNS for "+strings.Join(domains, ", "))
	}
	if len(words) == 0 {
		return nil
	}
	t.change("spec.dnsOptions", strings.Join(words, ", "))
	return options
}

// vpcEndpointHolders names the route tables that lead to the endpoint of a load balancer. AWS itself
// removes the route to a gateway endpoint, which leads to a prefix list.
func vpcEndpointHolders(ctx context.Context, client *awsec2.Client, in *awsec2.DeleteVpcEndpointsInput) ([]string, error) {
	id := cmp.Or(in.VpcEndpointIds...)
	return describe.RouteTables.Names(ctx, client, func(table types.RouteTable) bool {
		return slices.ContainsFunc(table.Routes, func(r types.Route) bool { return aws.ToString(r.GatewayId) == id && !ofEndpoint(r) })
	}, describe.Filter("route.gateway-id", id))
}

func vpcEndpointInUse(*awsec2.DeleteVpcEndpointsInput) (code, message string) {
	return "InvalidParameter", "Endpoint must be removed from route table before deletion"
}
