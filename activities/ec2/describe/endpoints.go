package describe

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
)

// VPCEndpoints lists endpoints. Each is named with its service.
var VPCEndpoints = List[types.VpcEndpoint]{
	What: "endpoint", ID: "vpc-endpoint-id", Type: types.ResourceTypeVpcEndpoint,
	Is:   func(v types.VpcEndpoint) *string { return v.VpcEndpointId },
	Tags: func(v types.VpcEndpoint) []types.Tag { return v.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.VpcEndpoint, error) {
		pages := awsec2.NewDescribeVpcEndpointsPaginator(client, &awsec2.DescribeVpcEndpointsInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeVpcEndpointsOutput) []types.VpcEndpoint { return page.VpcEndpoints })
	},
	Words: func(e types.VpcEndpoint) string {
		return "endpoint " + aws.ToString(e.VpcEndpointId) + " (" + aws.ToString(e.ServiceName) + ")"
	},
	Counts: byState(EndpointState, func(v types.VpcEndpoint) []types.Tag { return v.Tags },
		staying, []types.State{types.StateDeleting, types.StateFailed, types.StateRejected, types.StateExpired}, []types.State{types.StateDeleted}),
}

// staying are the states in which an endpoint holds its VPC until somebody deletes it.
var staying = []types.State{types.StatePendingAcceptance, types.StatePending, types.StateAvailable, types.StatePartial}

// EndpointState returns the state of an endpoint as the SDK spells it: AWS shows pendingAcceptance,
// and the SDK has PendingAcceptance.
func EndpointState(e types.VpcEndpoint) types.State {
	for _, state := range e.State.Values() {
		if strings.EqualFold(string(state), string(e.State)) {
			return state
		}
	}
	return e.State
}

// EndpointStays reports whether an endpoint holds its VPC until somebody deletes it.
func EndpointStays(e types.VpcEndpoint) bool { return slices.Contains(staying, EndpointState(e)) }

// EndpointServices lists the services that others reach through endpoints.
var EndpointServices = List[types.ServiceConfiguration]{
	What: "endpoint service", ID: "service-id", Type: types.ResourceTypeVpcEndpointService,
	Is:   func(s types.ServiceConfiguration) *string { return s.ServiceId },
	Tags: func(s types.ServiceConfiguration) []types.Tag { return s.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.ServiceConfiguration, error) {
		pages := awsec2.NewDescribeVpcEndpointServiceConfigurationsPaginator(client, &awsec2.DescribeVpcEndpointServiceConfigurationsInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeVpcEndpointServiceConfigurationsOutput) []types.ServiceConfiguration {
			return page.ServiceConfigurations
		})
	},
}

// AllowedPrincipals returns the principals that may make endpoints for a service.
func AllowedPrincipals(ctx context.Context, client *awsec2.Client, service *string) (principals []string, err error) {
	pages := awsec2.NewDescribeVpcEndpointServicePermissionsPaginator(client, &awsec2.DescribeVpcEndpointServicePermissionsInput{ServiceId: service})
	all, err := reads.All(ctx, pages, func(page *awsec2.DescribeVpcEndpointServicePermissionsOutput) []types.AllowedPrincipal {
		return page.AllowedPrincipals
	})
	if err != nil {
		return nil, fmt.Errorf("describing the permissions of %s: %w", aws.ToString(service), err)
	}
	for _, a := range all {
		principals = append(principals, aws.ToString(a.Principal))
	}
	return principals, nil
}

// Connections lists the endpoints of any account that use a service.
var Connections = List[types.VpcEndpointConnection]{
	What: "connection", ID: "service-id",
	Is: func(c types.VpcEndpointConnection) *string { return c.VpcEndpointId },
	Shows: map[string]func(types.VpcEndpointConnection) *string{
		"service-id": func(c types.VpcEndpointConnection) *string { return c.ServiceId },
	},
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.VpcEndpointConnection, error) {
		pages := awsec2.NewDescribeVpcEndpointConnectionsPaginator(client, &awsec2.DescribeVpcEndpointConnectionsInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeVpcEndpointConnectionsOutput) []types.VpcEndpointConnection {
			return page.VpcEndpointConnections
		})
	},
	Words: func(c types.VpcEndpointConnection) string {
		return fmt.Sprintf("endpoint %s of account %s", aws.ToString(c.VpcEndpointId), aws.ToString(c.VpcEndpointOwner))
	},
}

// ConnectionStays reports whether a connection holds its service.
func ConnectionStays(c types.VpcEndpointConnection) bool {
	return EndpointStays(types.VpcEndpoint{State: c.VpcEndpointState})
}
