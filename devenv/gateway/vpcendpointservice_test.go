package gateway

import (
	"net/http"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
)

const (
	balancerARN        = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/a/1"
	gatewayBalancerARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/gwy/a/1"
)

func (a *account) endpointService(in ec2.CreateVpcEndpointServiceConfigurationInput) types.ServiceConfiguration {
	a.t.Helper()
	return *must[*ec2.CreateVpcEndpointServiceConfigurationOutput](a)(a.ec2.CreateVpcEndpointServiceConfiguration(a.ctx(), &in)).ServiceConfiguration
}

// Each change of a service shows, and AWS requires one type of load balancer.
func TestChangesOfAnEndpointService(t *testing.T) {
	a := newAccount(t)
	made := a.endpointService(ec2.CreateVpcEndpointServiceConfigurationInput{NetworkLoadBalancerArns: []string{balancerARN}, PrivateDnsName: aws.String("a.example")})
	modify := func(in ec2.ModifyVpcEndpointServiceConfigurationInput) error {
		in.ServiceId = made.ServiceId
		_, err := a.ec2.ModifyVpcEndpointServiceConfiguration(a.ctx(), &in)
		return err
	}
	shown := func() []string {
		t.Helper()
		out := must[*ec2.DescribeVpcEndpointServiceConfigurationsOutput](a)(a.ec2.DescribeVpcEndpointServiceConfigurations(a.ctx(), &ec2.DescribeVpcEndpointServiceConfigurationsInput{Filters: filter("service-id", *made.ServiceId)}))
		s := out.ServiceConfigurations[0]
		words := []string{string(s.ServiceState), string(s.ServiceType[0].ServiceType), aws.ToString(s.PrivateDnsName)}
		if *s.AcceptanceRequired {
			words = append(words, "to accept")
		}
		for _, of := range s.SupportedIpAddressTypes {
			words = append(words, string(of))
		}
		for _, region := range s.SupportedRegions {
			words = append(words, *region.Region)
		}
		return append(words, slices.Concat(s.NetworkLoadBalancerArns, s.GatewayLoadBalancerArns)...)
	}
	if diff := cmp.Diff([]string{"Available", "Interface", "a.example", "to accept", "ipv4", "eu-west-1", balancerARN}, shown()); diff != "" {
		t.Errorf("at first (-want +got):\n%s", diff)
	}
	if err := modify(ec2.ModifyVpcEndpointServiceConfigurationInput{
		AcceptanceRequired: aws.Bool(false), RemovePrivateDnsName: aws.Bool(true), AddSupportedIpAddressTypes: []string{"ipv6"}, RemoveSupportedIpAddressTypes: []string{"ipv4"},
		AddSupportedRegions: []string{"eu-west-2"}, AddNetworkLoadBalancerArns: []string{balancerARN + "2"}, RemoveNetworkLoadBalancerArns: []string{balancerARN},
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Available", "Interface", "", "ipv6", "eu-west-1", "eu-west-2", balancerARN + "2"}, shown()); diff != "" {
		t.Errorf("after the changes (-want +got):\n%s", diff)
	}
	a.wantRefused("no load balancer", modify(ec2.ModifyVpcEndpointServiceConfigurationInput{RemoveNetworkLoadBalancerArns: []string{balancerARN + "2"}}), http.StatusBadRequest, "InvalidParameter")
	_, err := a.ec2.CreateVpcEndpointServiceConfiguration(a.ctx(), &ec2.CreateVpcEndpointServiceConfigurationInput{NetworkLoadBalancerArns: []string{balancerARN}, GatewayLoadBalancerArns: []string{gatewayBalancerARN}})
	a.wantRefused("two types of load balancers", err, http.StatusBadRequest, "InvalidParameter")
}

// An account makes endpoints with a permission. A service stays while one uses it.
func TestEndpointsOfAService(t *testing.T) {
	a := newAccount(t)
	user := a.another()
	user.endpointsStay("deleting", false)
	service := a.endpointService(ec2.CreateVpcEndpointServiceConfigurationInput{GatewayLoadBalancerArns: []string{gatewayBalancerARN}})
	vpc := user.vpc()
	in := ec2.CreateVpcEndpointInput{VpcId: &vpc, ServiceName: service.ServiceName, VpcEndpointType: "GatewayLoadBalancer"}
	_, err := user.ec2.CreateVpcEndpoint(user.ctx(), &in)
	a.wantRefused("an endpoint without a permission", err, http.StatusBadRequest, "InvalidServiceName")
	root := "arn:aws:iam::" + user.id + ":root"
	must[*ec2.ModifyVpcEndpointServicePermissionsOutput](a)(a.ec2.ModifyVpcEndpointServicePermissions(a.ctx(), &ec2.ModifyVpcEndpointServicePermissionsInput{ServiceId: service.ServiceId, AddAllowedPrincipals: []string{root}}))
	allowed := must[*ec2.DescribeVpcEndpointServicePermissionsOutput](a)(a.ec2.DescribeVpcEndpointServicePermissions(a.ctx(), &ec2.DescribeVpcEndpointServicePermissionsInput{ServiceId: service.ServiceId}))
	if len(allowed.AllowedPrincipals) != 1 || *allowed.AllowedPrincipals[0].Principal != root {
		t.Errorf("AWS allows %+v", allowed.AllowedPrincipals)
	}
	endpoint := user.endpoint(in)
	if got := user.shownEndpoint(endpoint); got.State != "pendingAcceptance" {
		t.Errorf("it is %s", got.State)
	}
	connections := must[*ec2.DescribeVpcEndpointConnectionsOutput](a)(a.ec2.DescribeVpcEndpointConnections(a.ctx(), &ec2.DescribeVpcEndpointConnectionsInput{Filters: filter("service-id", *service.ServiceId)})).VpcEndpointConnections
	if len(connections) != 1 || *connections[0].VpcEndpointId != *endpoint || *connections[0].VpcEndpointOwner != user.id || connections[0].VpcEndpointState != "pendingAcceptance" {
		t.Errorf("its connections are %+v", connections)
	}
	remove := func() (codes []string) {
		t.Helper()
		for _, u := range must[*ec2.DeleteVpcEndpointServiceConfigurationsOutput](a)(a.ec2.DeleteVpcEndpointServiceConfigurations(a.ctx(), &ec2.DeleteVpcEndpointServiceConfigurationsInput{ServiceIds: []string{*service.ServiceId}})).Unsuccessful {
			codes = append(codes, *u.Error.Code)
		}
		return codes
	}
	if codes := remove(); !slices.Equal(codes, []string{"ExistingVpcEndpointConnections"}) {
		t.Errorf("AWS lists %v", codes)
	}
	if codes := user.undeleted(*endpoint); codes != nil {
		t.Errorf("AWS lists %v", codes)
	}
	user.shownEndpoint(endpoint)
	if codes := remove(); codes != nil {
		t.Errorf("AWS lists %v", codes)
	}
	if codes := remove(); !slices.Equal(codes, []string{"InvalidVpcEndpointService.NotFound"}) {
		t.Errorf("for an unknown one, AWS lists %v", codes)
	}
}

// An endpoint needs no acceptance where its service requires none.
func TestServiceThatAcceptsEachEndpoint(t *testing.T) {
	a := newAccount(t)
	a.endpointsStay("pending", false)
	service := a.endpointService(ec2.CreateVpcEndpointServiceConfigurationInput{NetworkLoadBalancerArns: []string{balancerARN}, AcceptanceRequired: aws.Bool(false)})
	vpc := a.vpc()
	endpoint := a.endpoint(ec2.CreateVpcEndpointInput{VpcId: &vpc, ServiceName: service.ServiceName, VpcEndpointType: "Interface"})
	if got := a.shownEndpoint(endpoint); got.State != "available" {
		t.Errorf("it is %s", got.State)
	}
}
