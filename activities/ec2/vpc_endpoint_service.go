package ec2

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/late"
	"github.com/tack-dev/tack/activities/shape"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	createEndpointService = defaults.Creates(describe.EndpointServices, (*awsec2.Client).CreateVpcEndpointServiceConfiguration)
	modifyEndpointService = call.To("Modify", (*awsec2.Client).ModifyVpcEndpointServiceConfiguration)
	allowEndpoints        = call.To("Permit", (*awsec2.Client).ModifyVpcEndpointServicePermissions)
	deleteEndpointService = call.Delete((*awsec2.Client).DeleteVpcEndpointServiceConfigurations).HeldBy(endpointServiceHolders, endpointServiceInUse)
)

type endpointServiceSpec = ec2v1alpha1.VPCEndpointServiceConfigurationSpec

// endpointService is a service as AWS shows it, with its permissions and the plain names of its
// Regions and address types.
type endpointService struct {
	types.ServiceConfiguration
	AllowedPrincipals, SupportedRegions, SupportedIPAddressTypes []string
}

var endpointServiceEdits = shape.Edit[awsec2.ModifyVpcEndpointServiceConfigurationInput, endpointServiceSpec, endpointService]("acceptanceRequired", "privateDNSName")

// VPCEndpointServiceConfiguration manages a service behind load balancers, which endpoints of other
// VPCs and accounts use.
func VPCEndpointServiceConfiguration() kind.Kind {
	return defaults.Of(describe.EndpointServices, createEndpointService, deleteEndpointService, defaults.Definition[endpointServiceSpec, endpointService]{
		Kind:  "ec2.VPCEndpointServiceConfiguration",
		Check: checkEndpointService,
		Find:  describe.Finder(describe.EndpointServices, asEndpointService),
		Facts: func(got *endpointService) kind.Facts {
			return endpointServiceStates.Facts(got.ServiceId, got.ServiceState)
		},
		Create: defaults.Request(createEndpointService, func(want endpointServiceSpec) string {
			return "create a service behind " + strings.Join(texts(slices.Concat(want.NetworkLoadBalancerARNs, want.GatewayLoadBalancerARNs)), ", ")
		}, shape.Out("allowedPrincipals")),
		Plan:       planEndpointService,
		Status:     shape.Shown[ec2v1alpha1.VPCEndpointServiceConfigurationStatus, endpointService](),
		Spec:       shape.Spec[endpointServiceSpec, endpointService](),
		Late:       late.Of[endpointService]("supportedRegions"),
		NaturalKey: true, // the token
		Calls:      call.All(modifyEndpointService, allowEndpoints),
	})
}

var endpointServiceStates = defaults.States[types.ServiceState]{
	Pending:  []types.ServiceState{types.ServiceStatePending},
	Deleting: []types.ServiceState{types.ServiceStateDeleting},
	Failed:   []types.ServiceState{types.ServiceStateFailed},
	Gone:     []types.ServiceState{types.ServiceStateDeleted},
}

func asEndpointService(ctx context.Context, client *awsec2.Client, _ kind.Query[endpointServiceSpec], found types.ServiceConfiguration) (got *endpointService, err error) {
	got = &endpointService{ServiceConfiguration: found}
	for _, region := range found.SupportedRegions {
		got.SupportedRegions = append(got.SupportedRegions, aws.ToString(region.Region))
	}
	for _, of := range found.SupportedIpAddressTypes {
		got.SupportedIPAddressTypes = append(got.SupportedIPAddressTypes, string(of))
	}
	got.AllowedPrincipals, err = describe.AllowedPrincipals(ctx, client, found.ServiceId)
	return got, err
}

// planEndpointService changes the permissions by a call of their own, also after the create. Who is
// not in the spec may make no endpoint.
func planEndpointService(want endpointServiceSpec, got *endpointService, c kind.Case) (draft kind.Draft) {
	id := aws.String(c.ID)
	if got != nil {
		draft.Steps = changeEndpointService(want, got, id)
	}
	got = cmp.Or(got, &endpointService{})
	in, t := awsec2.ModifyVpcEndpointServicePermissionsInput{ServiceId: id}, &together{}
	in.AddAllowedPrincipals, in.RemoveAllowedPrincipals = t.list("spec.allowedPrincipals", texts(want.AllowedPrincipals), got.AllowedPrincipals)
	draft.Steps = append(draft.Steps, t.steps(func(words string) resource.Step {
		return allowEndpoints.Step("change who may make endpoints: "+words, in)
	})...)
	return draft
}

// changeEndpointService changes everything else in one call. AWS requires a load balancer, so the
// spec always has one.
func changeEndpointService(want endpointServiceSpec, got *endpointService, id *string) []resource.Step {
	in, t := awsec2.ModifyVpcEndpointServiceConfigurationInput{ServiceId: id}, &together{}
	t.fields(endpointServiceEdits.Into(&in, &want, got))
	if name := want.PrivateDNSName; name != nil && *name == "" && aws.ToString(got.PrivateDnsName) != "" {
		in.RemovePrivateDnsName = aws.Bool(true)
		t.change("spec.privateDNSName", "remove the private DNS name")
	}
	in.AddNetworkLoadBalancerArns, in.RemoveNetworkLoadBalancerArns = t.list("spec.networkLoadBalancerARNs", texts(want.NetworkLoadBalancerARNs), got.NetworkLoadBalancerArns)
	in.AddGatewayLoadBalancerArns, in.RemoveGatewayLoadBalancerArns = t.list("spec.gatewayLoadBalancerARNs", texts(want.GatewayLoadBalancerARNs), got.GatewayLoadBalancerArns)
	if len(want.SupportedIPAddressTypes) > 0 {
		in.AddSupportedIpAddressTypes, in.RemoveSupportedIpAddressTypes = t.list("spec.supportedIPAddressTypes", texts(want.SupportedIPAddressTypes), got.SupportedIPAddressTypes)
	}
	if len(want.SupportedRegions) > 0 {
		in.AddSupportedRegions, in.RemoveSupportedRegions = t.list("spec.supportedRegions", texts(want.SupportedRegions), got.SupportedRegions)
	}
	return t.steps(func(words string) resource.Step { return modifyEndpointService.Step("change the service: "+words, in) })
}

// checkEndpointService foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpointServiceConfiguration.html
func checkEndpointService(want endpointServiceSpec) []kind.Invalid {
	var f findings
	const exactlyOne = "exactly one of network_load_balancer_arn or gateway_load_balancer_arn is a required member"
	network, gateway := len(want.NetworkLoadBalancerARNs)+len(want.NetworkLoadBalancerRefs) > 0, len(want.GatewayLoadBalancerARNs)+len(want.GatewayLoadBalancerRefs) > 0
	if !network && !gateway {
		f.Add("spec.networkLoadBalancerARNs", refusal.Says(badEndpoint, exactlyOne), "a service needs a load balancer: set networkLoadBalancerARNs, gatewayLoadBalancerARNs or their references")
	}
	if network && gateway {
		f.Add("spec.gatewayLoadBalancerARNs", refusal.Says(badEndpoint, exactlyOne), "a service has either Network or Gateway Load Balancers: remove this field and its references, or networkLoadBalancerARNs and its references")
	}
	empty := func(field string, list []*string) {
		f.NotEmpty("spec."+field, list, refusal.Says(badEndpoint, refusal.ValueSaid), "is empty")
	}
	empty("allowedPrincipals", want.AllowedPrincipals)
	empty("gatewayLoadBalancerARNs", want.GatewayLoadBalancerARNs)
	empty("networkLoadBalancerARNs", want.NetworkLoadBalancerARNs)
	empty("supportedIPAddressTypes", want.SupportedIPAddressTypes)
	empty("supportedRegions", want.SupportedRegions)
	return f.All
}

// endpointServiceHolders names the endpoints that use a service, with their accounts.
func endpointServiceHolders(ctx context.Context, client *awsec2.Client, in *awsec2.DeleteVpcEndpointServiceConfigurationsInput) ([]string, error) {
	return describe.Connections.Names(ctx, client, describe.ConnectionStays, describe.Filter("service-id", cmp.Or(in.ServiceIds...)))
}

func endpointServiceInUse(*awsec2.DeleteVpcEndpointServiceConfigurationsInput) (code, message string) {
	return "ExistingVpcEndpointConnections", "Service has existing active VPC Endpoint connections!"
}
