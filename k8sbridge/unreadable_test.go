package main

import (
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// The bridge may not read the VPCs. A subnet that refers to one waits and says so, and the scan for
// lost runs sees that it is not settled.
func TestAParentThatMayNotBeRead(t *testing.T) {
	vpcs, _ := apis.ByName("ec2.VPC")
	refuse := func(action clienttesting.Action) (bool, runtime.Object, error) {
		if action.GetResource() != kubeapi.GVR(vpcs) {
			return false, nil, nil
		}
		return true, nil, apierrors.NewForbidden(action.GetResource().GroupResource(), "", nil)
	}
	roles := thing("v1", "ConfigMap", "ack-system", corev1alpha1.ConfigMapRoleAccountMap, nil)
	roles.Object["data"] = fields{"111111111111": "arn:aws:iam::111111111111:role/tack"}
	subnet := thing("ec2.services.k8s.aws/v1alpha1", "Subnet", "ns", "s", nil)
	subnet.Object["spec"] = fields{"vpcRef": fields{"from": fields{"name": "main"}}}
	w := newWatchedWith(t, func(action clienttesting.Action) (bool, runtime.Object, error) {
		return refuse(action)
	}, roles, namespaceOf("ns", fields{corev1alpha1.AnnotationOwnerAccountID: "111111111111"}), subnet)
	w.client.PrependReactor("get", "*", refuse)
	ref := resource.Ref{Kind: "ec2.Subnet", Cluster: "dev", Namespace: "ns", Name: "s"}
	if l := w.level(t, ref); l.Wait == nil || l.Wait.Reason != resource.ReasonReferenceNotReadable {
		t.Fatalf("it waits for %+v", l.Wait)
	}
	kind, _ := apis.ByName(ref.Kind)
	if done, _, err := w.nothingToDo(t.Context(), item{ref: ref, check: true}, kind, subnet); done || err != nil {
		t.Errorf("nothing to do: %t, %v", done, err)
	}
	unsettled, _, err := w.unsettled(t.Context())
	if _, found := unsettled[ref]; !found || err != nil {
		t.Errorf("the scan finds %+v, %v", unsettled, err)
	}
}
