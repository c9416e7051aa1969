package e2e

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var _ = register(sample{
	kind: "ec2.RouteTable", create: "CreateRouteTable",
	spec:   func() fields { return routeTableSpec(toHub("destinationCIDRBlock", "192.168.0.0/16")) },
	change: `{"spec":{"routes":[{"destinationCIDRBlock":"172.16.0.0/12","transitGatewayRef":{"from":{"name":"hub"}}}]}}`,
	count:  counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeRouteTables),
	remove: removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteRouteTable, "RouteTableId"),
	full: func(string) fields {
		spec := routeTableSpec(
			toHub("destinationCIDRBlock", "192.168.7.9/16"), toHub("destinationIPv6CIDRBlock", "2001:DB8::1/32"), toHub("destinationCIDRBlock", "0.0.0.0/0"),
			fields{"destinationCIDRBlock": "10.0.0.0/16", "gatewayID": "local"},
		)
		spec["tags"] = []any{fields{"key": "team", "value": "a"}, fields{"key": "aws:x", "value": "y"}}
		return spec
	},
	fullChange: `{"spec":{"tags":[{"key":"team","value":"b"}],"routes":[
		{"destinationIPv6CIDRBlock":"2001:db8::/32","transitGatewayRef":{"from":{"name":"hub"}}},
		{"destinationIPv6CIDRBlock":"::/0","transitGatewayRef":{"from":{"name":"hub"}}}]}}`,
})

func routeTableSpec(routes ...any) fields {
	return fields{"vpcRef": fields{"from": fields{"name": "main"}}, "routes": routes}
}

func toHub(field, destination string) fields {
	return fields{field: destination, "transitGatewayRef": fields{"from": fields{"name": "hub"}}}
}

// routeTables returns the tables of an account that are not a VPC's main one.
func (w *world) routeTables(t *testing.T, account string) (tables []ec2types.RouteTable) {
	t.Helper()
	out, err := awsec2.NewFromConfig(w.config(t, account)).DescribeRouteTables(t.Context(), &awsec2.DescribeRouteTablesInput{})
	if err != nil {
		t.Fatalf("describing the route tables of %s: %v", account, err)
	}
	for _, table := range out.RouteTables {
		if !slices.ContainsFunc(table.Associations, func(a ec2types.RouteTableAssociation) bool { return aws.ToBool(a.Main) }) {
			tables = append(tables, table)
		}
	}
	return tables
}

// foreign creates the object with which another controller reports a resource as Synced.
func (team team) foreign(t *testing.T, kindName, name string, spec, shown fields) {
	t.Helper()
	kind, _ := apis.Referable(kindName)
	w.serveKind(t, kind)
	objects := w.Kube.Resource(kubeapi.GVR(kind)).Namespace(team.name)
	u := &unstructured.Unstructured{Object: fields{"apiVersion": kind.Group + "/" + kind.Version, "kind": kind.Kind, "metadata": fields{"name": name}, "spec": spec}}
	persist(t, "creating a "+kind.Kind, func(n int) error {
		_, err := objects.Create(t.Context(), u, metav1.CreateOptions{})
		return unless(n > 1 && apierrors.IsAlreadyExists(err), err)
	})
	status := fields{"conditions": []any{fields{"type": string(corev1alpha1.ConditionTypeResourceSynced), "status": "True"}}}
	maps.Copy(status, shown)
	patch := mergePatch(t, fields{"status": status})
	persist(t, "reporting the id of a "+kind.Kind, func(int) error {
		_, err := objects.Patch(t.Context(), name, types.MergePatchType, []byte(patch), metav1.PatchOptions{}, "status")
		return err
	})
}

// serveKind makes the cluster serve a kind of another controller.
func (w *world) serveKind(t *testing.T, kind apis.Kind) {
	t.Helper()
	crds := w.Kube.Resource(schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"})
	open := fields{"type": "object", "x-kubernetes-preserve-unknown-fields": true}
	crd := &unstructured.Unstructured{Object: fields{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": fields{"name": kind.CRD()},
		"spec": fields{
			"group": kind.Group, "scope": "Namespaced", "names": fields{"kind": kind.Kind, "plural": kind.Plural},
			"versions": []any{fields{
				"name": kind.Version, "served": true, "storage": true,
				"schema": fields{"openAPIV3Schema": open}, "subresources": fields{"status": fields{}},
			}},
		},
	}}
	persist(t, "creating the CRD of "+kind.Kind, func(int) error {
		_, err := crds.Create(t.Context(), crd, metav1.CreateOptions{})
		return unless(apierrors.IsAlreadyExists(err), err)
	})
	for ctx := within(t, soon); ; time.Sleep(50 * time.Millisecond) {
		_, err := w.Kube.Resource(kubeapi.GVR(kind)).List(ctx, metav1.ListOptions{})
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("%s is not served: %v", kind.Kind, err)
		}
	}
}

// A route without a target delays neither the table nor the other routes. A route with a changed
// target is never missing.
func TestRoutes(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client := awsec2.NewFromConfig(w.config(t, team.account))
	vpc := team.apply(t, "ec2.VPC", "main", vpcSpec()).awaitSynced(t)
	gateway, err := client.CreateInternetGateway(t.Context(), &awsec2.CreateInternetGatewayInput{})
	if err != nil {
		t.Fatal(err)
	}
	igw := gateway.InternetGateway.InternetGatewayId
	if _, err = client.AttachInternetGateway(t.Context(), &awsec2.AttachInternetGatewayInput{InternetGatewayId: igw, VpcId: &vpc}); err != nil {
		t.Fatal(err)
	}
	subnet, err := client.CreateSubnet(t.Context(), &awsec2.CreateSubnetInput{VpcId: &vpc, CidrBlock: aws.String("10.0.1.0/24")})
	if err != nil {
		t.Fatal(err)
	}
	nat, err := client.CreateNatGateway(t.Context(), &awsec2.CreateNatGatewayInput{SubnetId: subnet.Subnet.SubnetId, ConnectivityType: ec2types.ConnectivityTypePrivate})
	if err != nil {
		t.Fatal(err)
	}
	o := team.apply(t, "ec2.RouteTable", "out", routeTableSpec(
		fields{"destinationCIDRBlock": "192.168.0.0/16", "vpcPeeringConnectionRef": fields{"from": fields{"name": "nowhere"}}},
		fields{"destinationCIDRBlock": "0.0.0.0/0", "gatewayID": *igw},
	))
	o.awaitCondition(t, corev1alpha1.ConditionTypeReferencesResolved, "Unknown", "VPCPeeringConnection "+team.name+"/nowhere is not there")
	o.awaitPending(t, resource.KubeAwait, "spec.routes[0].vpcPeeringConnectionRef")
	wantRoutes(t, team, "10.0.0.0/16 local", "0.0.0.0/0 "+*igw)

	mark := lastSeq(t)
	o.patch(t, mergePatch(t, fields{"spec": routeTableSpec(fields{"destinationCIDRBlock": "0.0.0.0/0", "natGatewayID": *nat.NatGateway.NatGatewayId})}))
	id := o.awaitSynced(t)
	o.wantOneCreate(t, id)
	wantRoutes(t, team, "10.0.0.0/16 local", "0.0.0.0/0 "+*nat.NatGateway.NatGatewayId)
	if calls := callsSince(t, team.account, mark); !slices.Contains(calls, "ReplaceRoute") || slices.Contains(calls, "DeleteRoute") {
		t.Errorf("the calls that changed the route: %v", calls)
	}

	association, err := client.AssociateRouteTable(t.Context(), &awsec2.AssociateRouteTableInput{RouteTableId: &id, SubnetId: subnet.Subnet.SubnetId})
	if err != nil {
		t.Fatal(err)
	}
	o.delete(t)
	o.awaitPending(t, "ec2.RouteTable/Await", id+" is in use by "+*subnet.Subnet.SubnetId)
	if _, err := client.DisassociateRouteTable(t.Context(), &awsec2.DisassociateRouteTableInput{AssociationId: association.AssociationId}); err != nil {
		t.Fatal(err)
	}
	o.awaitGone(t)
}

func wantRoutes(t *testing.T, team team, want ...string) {
	t.Helper()
	got := []string{}
	for _, r := range w.routeTables(t, team.account)[0].Routes {
		got = append(got, aws.ToString(r.DestinationCidrBlock)+" "+aws.ToString(r.GatewayId)+aws.ToString(r.NatGatewayId)+aws.ToString(r.VpcPeeringConnectionId))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the routes are %q, want %q", got, want)
	}
}

// The answer to a create was lost, and a user deleted its resource: the token is spent. The current
// spec is still created, with the next token.
func TestTokenIsSpent(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	team.apply(t, "ec2.VPC", "main", vpcSpec()).awaitSynced(t)
	rule := hold(t, team, "CreateRouteTable", "hold-after") // longer than the worker waits for an answer
	o := team.apply(t, "ec2.RouteTable", "out", routeTableSpec())
	rule.wait(t)
	first := *w.routeTables(t, team.account)[0].RouteTableId
	if err := sampleOf("ec2.RouteTable").remove(t.Context(), w.config(t, team.account), first); err != nil {
		t.Fatal(err)
	}
	o.patch(t, `{"spec":{"tags":[{"key":"team","value":"b"}]}}`)
	id := o.awaitSynced(t)
	if tables := w.routeTables(t, team.account); len(tables) != 1 || *tables[0].RouteTableId != id || id == first {
		t.Errorf("AWS has %+v, the object has %s, %s was deleted", tables, id, first)
	}
	if tags := ec2Tags(t, team.account, id); resource.OwnershipOf(tags).Incarnation != 2 || tags["team"] != "b" {
		t.Errorf("the tags are %v, want incarnation 2 and the newer spec's tags", tags)
	}
}
