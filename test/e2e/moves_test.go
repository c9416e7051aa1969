package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"go.temporal.io/sdk/client"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/workflows"
)

// held is a rule of the gateway that holds the next matching call of a team.
type held struct{ id string }

func hold(t *testing.T, team team, action string, fault gateway.Fault) held {
	t.Helper()
	return held{addRule(t, gateway.Rule{Action: gateway.Actions{action}, Account: team.account, Fault: fault, Times: 1})}
}

func (h held) wait(t *testing.T) {
	t.Helper()
	if err := w.AWS.WaitHolding(t.Context(), h.id, soon); err != nil {
		t.Fatal(err)
	}
}

func (h held) endRule(t *testing.T) {
	t.Helper()
	endRule(t, h.id)
}

// awaitPending waits until the object's run shows a pending activity whose last failure contains
// text, as the Web UI shows it.
func (o object) awaitPending(t *testing.T, activity, text string) {
	t.Helper()
	ctx := within(t, soon)
	for {
		described, err := w.Temporal.DescribeWorkflowExecution(ctx, o.ref.WorkflowID(), "")
		for _, p := range described.GetPendingActivities() {
			if p.GetActivityType().GetName() == activity && strings.Contains(p.GetLastFailure().GetMessage(), text) {
				return
			}
		}
		select {
		case <-ctx.Done():
			t.Fatalf("no pending %s says %q: %v\n%s", activity, text, err, w.story(o.ref))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// force makes the object's run compare with AWS although the status is settled.
func (w *world) force(t *testing.T, ref resource.Ref) {
	t.Helper()
	if _, err := workflows.Wake(t.Context(), w.Temporal, ref, resource.Known{}, resource.Poke{Reason: "test", Force: true}); err != nil {
		t.Fatal(err)
	}
}

func (w *world) annotateNamespace(t *testing.T, name, key, value string) {
	t.Helper()
	if err := w.AnnotateNamespace(t.Context(), name, key, value); err != nil {
		t.Fatal(err)
	}
}

func mergePatch(t *testing.T, patch fields) string {
	t.Helper()
	raw, err := json.Marshal(patch)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// portsOf returns the ports that a group allows inbound, sorted.
func portsOf(g ec2types.SecurityGroup) (ports []int32) {
	for _, p := range g.IpPermissions {
		ports = append(ports, aws.ToInt32(p.FromPort))
	}
	slices.Sort(ports)
	return ports
}

// currentBuild returns the deployment's current version.
func currentBuild(t *testing.T) string {
	t.Helper()
	described, err := w.Temporal.WorkerDeploymentClient().GetHandle("tack").Describe(t.Context(), client.WorkerDeploymentDescribeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return described.Info.RoutingConfig.CurrentVersion.BuildID
}

// awaitEvents waits for Kubernetes events with these reasons about the object.
func (o object) awaitEvents(t *testing.T, reasons ...string) {
	t.Helper()
	ctx := within(t, soon)
	events := o.cluster.Kube.Resource(schema.GroupVersionResource{Version: "v1", Resource: "events"}).Namespace(o.ref.Namespace)
	missing := reasons
	for len(missing) > 0 {
		list, err := events.List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=" + o.ref.Name})
		if err != nil {
			t.Fatalf("%s has no events %q: %v", o.ref, missing, err)
		}
		for _, event := range list.Items {
			reason, _, _ := unstructured.NestedString(event.Object, "reason")
			missing = slices.DeleteFunc(slices.Clone(missing), func(r string) bool { return r == reason })
		}
		time.Sleep(50 * time.Millisecond)
	}
}
