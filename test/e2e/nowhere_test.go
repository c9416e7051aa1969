package e2e

import (
	"fmt"
	"strings"
	"testing"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
)

// noGateway is the id of a NAT gateway that does not exist.
const noGateway = "nat-0123456789abcdef0"

// routesToNowhere returns routes to a gateway that AWS does not have.
func routesToNowhere(n int) (routes []any) {
	for i := range n {
		routes = append(routes, fields{"destinationCIDRBlock": fmt.Sprintf("172.16.%d.0/24", i), "natGatewayID": noGateway})
	}
	return routes
}

// Hundreds of routes that name a gateway which AWS does not have cost a few refused calls, not one
// each.
func TestRoutesToNowhere(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	sampleOf("ec2.RouteTable").prepare(t, team)
	since := lastSeq(t)
	o := team.apply(t, "ec2.RouteTable", "nowhere", routeTableSpec(routesToNowhere(200)...))
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", noGateway)
	sent := 0
	for _, call := range callsSince(t, team.account, since) {
		if strings.HasPrefix(call, "CreateRoute") && !strings.HasPrefix(call, "CreateRouteTable") {
			sent++
		}
	}
	if sent == 0 || sent > 50 {
		t.Errorf("%d routes are sent, want one chunk of the 200", sent)
	}
	deleteAll(t, o)
}

// A route to a good gateway is made, however many routes to a missing one stand before it.
func TestAGoodRouteAfterRoutesToNowhere(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	sampleOf("ec2.RouteTable").prepare(t, team)
	o := team.apply(t, "ec2.RouteTable", "mixed", routeTableSpec(append(routesToNowhere(30), toHub("destinationCIDRBlock", "192.168.0.0/16"))...))
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", noGateway)
	wantRoutes(t, team, "10.0.0.0/16 local", "192.168.0.0/16 ")
	deleteAll(t, o)
}
