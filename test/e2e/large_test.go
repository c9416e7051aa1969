package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/record"

	"github.com/tack-dev/tack/activities/kube"
	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/resource"
)

// thousand is AWS's limit for rules or routes, and half of Temporal's limit of pending activities.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
const thousand = 1000

// Tack serves the most that AWS allows. No other test runs meanwhile: moto answers one call at a
// time and takes seconds for 1,000 rules, longer than a test's own calls wait.
func TestThousand(t *testing.T) {
	t.Run("rules", testThousandRules)
	t.Run("routes", testThousandRoutes)
}

// A group with 1,000 rules, each with the longest description that AWS accepts, is created,
// compared, edited and deleted like a small one.
func testThousandRules(t *testing.T) {
	team := newTeam(t)
	if err := w.AWS.SetQuota(t.Context(), gateway.Quota{Account: team.account, Name: gateway.QuotaRulesPerSecurityGroup, Value: thousand}); err != nil {
		t.Fatal(err)
	}
	rules := make([]any, 0, thousand)
	for i := range thousand {
		rules = append(rules, fields{
			"ipProtocol": "tcp", "fromPort": int64(i + 1), "toPort": int64(i + 1),
			"ipRanges": []any{fields{"cidrIP": "10.0.0.0/8", "description": fmt.Sprintf("%04d %s", i, strings.Repeat("x", 250))}},
		})
	}
	o := team.apply(t, "ec2.SecurityGroup", "large", fields{"name": "large", "description": "made by a test", "ingressRules": rules})
	o.awaitLarge(t)
	if n := len(w.groups(t, team.account)[0].IpPermissions); n != thousand {
		t.Errorf("AWS has %d rules, want %d", n, thousand)
	}
	o.wantQuiet(t, team)
	rules[1].(fields)["ipRanges"].([]any)[0].(fields)["description"] = "another"
	o.patch(t, mergePatch(t, fields{"spec": fields{"ingressRules": rules[1:]}}))
	o.awaitLarge(t)
	permissions := w.groups(t, team.account)[0].IpPermissions
	reworded := slices.ContainsFunc(permissions, func(p ec2types.IpPermission) bool {
		return *p.FromPort == 2 && *p.IpRanges[0].Description == "another"
	})
	if len(permissions) != thousand-1 || !reworded {
		t.Errorf("after the edit AWS has %d rules, want %d, and a new description of the second: %v", len(permissions), thousand-1, reworded)
	}
	deleteAll(t, o)
}

// A table with 1,000 routes, each by a reference, is created, compared, edited and deleted like a
// small one.
func testThousandRoutes(t *testing.T) {
	team := newTeam(t)
	sampleOf("ec2.RouteTable").prepare(t, team)
	routes := make([]any, 0, thousand)
	for i := range thousand {
		routes = append(routes, toHub("destinationCIDRBlock", fmt.Sprintf("172.%d.%d.0/24", 16+i/250, i%250)))
	}
	o := team.apply(t, "ec2.RouteTable", "large", routeTableSpec(routes...))
	o.awaitLarge(t)
	if n := len(w.routeTables(t, team.account)[0].Routes); n != thousand+1 {
		t.Errorf("AWS has %d routes, want %d and the local one", n, thousand)
	}
	o.wantQuiet(t, team)
	routes[0] = toHub("destinationCIDRBlock", "192.168.0.0/24")
	o.patch(t, mergePatch(t, fields{"spec": fields{"routes": routes}}))
	o.awaitLarge(t)
	if n := len(w.routeTables(t, team.account)[0].Routes); n != thousand+1 {
		t.Errorf("after the edit AWS has %d routes, want %d and the local one", n, thousand)
	}
	deleteAll(t, o)
}

// awaitLarge is awaitSynced with time for 1,000 calls on a busy machine.
func (o object) awaitLarge(t *testing.T) {
	t.Helper()
	o.await(t, "synced", 5*time.Minute, func(u *unstructured.Unstructured) bool {
		seen, _, _ := unstructured.NestedInt64(u.Object, "status", "observedGeneration")
		return status(u, corev1alpha1.ConditionTypeResourceSynced) == "True" && seen == u.GetGeneration()
	})
}

// A status that etcd would refuse, beside a large spec, is written without its longest list, and
// the object reports it.
func TestStatusTooLarge(t *testing.T) {
	t.Parallel()
	team := newUnmappedTeam(t) // so that no run writes meanwhile
	description := strings.Repeat("x", 250)
	var wanted, shown []any
	for i := range 2 * thousand {
		wanted = append(wanted, fields{"ipProtocol": "tcp", "fromPort": int64(i + 1), "toPort": int64(i + 1), "ipRanges": []any{fields{"cidrIP": "10.0.0.0/8", "description": description}}})
	}
	for i := range 3 * thousand { // with the spec some 2 MB
		shown = append(shown, fields{"securityGroupRuleID": fmt.Sprintf("sgr-%017d", i), "ipProtocol": "tcp", "fromPort": int64(i + 1), "toPort": int64(i + 1), "cidrIPv4": "10.0.0.0/8", "description": description, "isEgress": false})
	}
	o := team.apply(t, "ec2.SecurityGroup", "large", fields{"name": "large", "description": "made by a test", "ingressRules": wanted[:thousand], "egressRules": wanted[thousand:]})
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "IAM Role is not available")
	u := o.get(t)
	if err := unstructured.SetNestedSlice(u.Object, shown, "status", "rules"); err != nil {
		t.Fatal(err)
	}
	_, err := w.Kube.Resource(kubeapi.GVR(o.kind)).Namespace(team.name).UpdateStatus(t.Context(), u, metav1.UpdateOptions{})
	if err == nil {
		t.Fatal("the API server accepts all of it")
	}
	t.Log("the API server says:", err)
	raw, err := json.Marshal(fields{"rules": shown})
	if err != nil {
		t.Fatal(err)
	}
	a := kube.New(w.Kube, level.Settings{Cluster: "dev", Install: "dev"}, record.NewFakeRecorder(10), nil)
	report := resource.Report{Ref: o.ref, UID: string(u.GetUID()), State: resource.Waiting, Reason: "Test", Message: "of a test", Status: raw, Generation: u.GetGeneration()}
	if _, err := a.PatchStatus(t.Context(), report); err != nil {
		t.Fatal(err)
	}
	o.awaitCondition(t, corev1alpha1.ConditionTypeAdvisory, "True", "status.rules: left out")
	deleteAll(t, o)
}
