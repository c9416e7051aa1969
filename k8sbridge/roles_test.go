package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	temporalclient "go.temporal.io/sdk/client"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/fake"
	metadatafake "k8s.io/client-go/metadata/fake"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/cache"

	"github.com/tack-dev/tack/activities/defaulttags"
	"github.com/tack-dev/tack/activities/kube"
	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/k8sbridge/export"
	"github.com/tack-dev/tack/resource"
)

type fields = map[string]any

func thing(apiVersion, kind, namespace, name string, metadata fields) *unstructured.Unstructured {
	u := &unstructured.Unstructured{Object: fields{"apiVersion": apiVersion, "kind": kind, "metadata": fields{}}}
	maps.Copy(u.Object["metadata"].(fields), metadata)
	u.SetNamespace(namespace)
	u.SetName(name)
	u.SetUID(types.UID(namespace + "/" + name))
	return u
}

func namespaceOf(name string, annotations fields) *unstructured.Unstructured {
	return thing("v1", "Namespace", "", name, fields{"annotations": annotations, "labels": fields{"tier": name}})
}

// watched is a bridge that watches a fake cluster and wakes no runs: its wakes stay in its queue.
type watched struct {
	*bridge
	client   *fake.FakeDynamicClient
	outlines *metadatafake.FakeMetadataClient
}

func newWatched(t *testing.T, objects ...runtime.Object) watched {
	t.Helper()
	return newWatchedWith(t, nil, objects...)
}

// newWatchedWith watches a cluster that answers lists as react does.
func newWatchedWith(t *testing.T, react clienttesting.ReactionFunc, objects ...runtime.Object) watched {
	t.Helper()
	client, outlines := clusterOf(t, react, objects...)
	b := newTestBridge(t, nil, client, outlines)
	b.run(t.Context())
	if !cache.WaitForCacheSync(t.Context().Done(), b.watches.tried) {
		t.Fatal("the fake cluster cannot be listed")
	}
	w := watched{b, client, outlines}
	w.drain()
	return w
}

// newTestBridge returns a bridge that does not run yet. Until it learns of another, Temporal's clock
// is this machine's.
func newTestBridge(t *testing.T, temporal temporalclient.Client, client dynamic.Interface, outlines *metadatafake.FakeMetadataClient) *bridge {
	t.Helper()
	var tags defaulttags.Templates
	if err := tags.Set("by=%MANAGED_BY%"); err != nil {
		t.Fatal(err)
	}
	b, err := newBridge(t.Context(), temporal, client, outlines, level.Settings{
		DefaultTags: tags,
		Cluster:     "dev", Install: "dev", DefaultRegion: "r", DefaultAccount: "999999999999", SystemNamespace: "ack-system", Clock: &level.Clock{},
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	b.host = kube.New(client, b.settings, nil, b.referrers)
	return b
}

// clusterOf returns a fake cluster that answers lists as react does.
func clusterOf(t *testing.T, react clienttesting.ReactionFunc, objects ...runtime.Object) (*fake.FakeDynamicClient, *metadatafake.FakeMetadataClient) {
	t.Helper()
	lists := map[schema.GroupVersionResource]string{
		kubeapi.Namespaces: "NamespaceList", kubeapi.ConfigMaps: "ConfigMapList", kubeapi.RoleSelectors: "IAMRoleSelectorList", export.Exports: "FieldExportList", definitions: "CustomResourceDefinitionList",
	}
	for _, kind := range append(apis.Kinds(), apis.Others()...) {
		lists[kubeapi.GVR(kind)] = kind.Kind + "List"
	}
	var plain []runtime.Object
	plurals := map[schema.GroupVersionKind]schema.GroupVersionResource{} // the fake guesses wrong ones
	for _, kind := range append(apis.Kinds(), apis.Others()...) {
		plurals[kubeapi.GVR(kind).GroupVersion().WithKind(kind.Kind)] = kubeapi.GVR(kind)
	}
	for _, o := range objects {
		if _, served := plurals[o.GetObjectKind().GroupVersionKind()]; !served {
			plain = append(plain, o)
		}
	}
	client := fake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), lists, plain...)
	for _, o := range objects {
		if gvr, served := plurals[o.GetObjectKind().GroupVersionKind()]; served {
			if err := client.Tracker().Create(gvr, o.DeepCopyObject(), o.(metav1.Object).GetNamespace()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if react != nil {
		client.PrependReactor("list", "*", react)
	}
	return client, metadatafake.NewSimpleMetadataClient(metadatafake.NewTestScheme())
}

// define adds a definition to the cluster.
func (w watched) define(t *testing.T, name string) {
	t.Helper()
	of := w.outlines.Resource(definitions).(metadatafake.MetadataClient)
	definition := &metav1.PartialObjectMetadata{TypeMeta: metav1.TypeMeta{APIVersion: "apiextensions.k8s.io/v1", Kind: "CustomResourceDefinition"}, ObjectMeta: metav1.ObjectMeta{Name: name}}
	if _, err := of.CreateFake(definition, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// drain removes everything from the queue.
func (w watched) drain() (woken []string) {
	for w.queue.Len() > 0 {
		it, _ := w.queue.Get()
		w.queue.Done(it)
		if it.check { // otherwise, the object itself changed
			woken = append(woken, it.ref.Namespace+"/"+it.ref.Name)
		}
	}
	return woken
}

// wantWoken waits until exactly these are woken, each at least once.
func (w watched) wantWoken(t *testing.T, what string, want ...string) {
	t.Helper()
	var woken []string
	for deadline := time.Now().Add(10 * time.Second); len(woken) < len(want) && time.Now().Before(deadline); {
		woken = append(woken, w.drain()...)
		slices.Sort(woken)
		woken = slices.Compact(woken)
		time.Sleep(time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond) // for wakes that should not happen
	woken = append(woken, w.drain()...)
	slices.Sort(woken)
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Compact(woken)); diff != "" {
		t.Errorf("%s wakes (-want +got):\n%s", what, diff)
	}
}

func (w watched) patch(t *testing.T, gvr schema.GroupVersionResource, namespace, name string, patch fields) {
	t.Helper()
	raw, err := json.Marshal(patch)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.client.Resource(gvr).Namespace(namespace).Patch(t.Context(), name, types.MergePatchType, raw, metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
}

// A change that affects accounts or roles wakes exactly the objects that it concerns.
func TestWhomAChangedRoleWakes(t *testing.T) {
	const one, two, recorded = "111111111111", "222222222222", "333333333333"
	claim, err := json.Marshal(resource.Claim{Install: "dev", Incarnation: 1, ID: "vpc-1", Target: resource.Target{AccountID: recorded, Region: "r"}})
	if err != nil {
		t.Fatal(err)
	}
	roles := thing("v1", "ConfigMap", "ack-system", corev1alpha1.ConfigMapRoleAccountMap, nil)
	roles.Object["data"] = fields{one: "a"}
	vpc := func(namespace, name string, metadata fields) *unstructured.Unstructured {
		return thing("ec2.services.k8s.aws/v1alpha1", "VPC", namespace, name, metadata)
	}
	w := newWatched(t, roles,
		namespaceOf("in-one", fields{corev1alpha1.AnnotationOwnerAccountID: one}), vpc("in-one", "vpc", nil),
		thing("iam.services.k8s.aws/v1alpha1", "Policy", "in-one", "policy", nil),
		thing("ec2.services.k8s.aws/v1alpha1", "TransitGatewayVPCAttachment", "in-one", "attachment", nil),
		namespaceOf("in-two", fields{corev1alpha1.AnnotationOwnerAccountID: two}), vpc("in-two", "vpc", nil),
		vpc("in-two", "moved", fields{"annotations": fields{level.AnnotationClaim: string(claim)}}),
		namespaceOf("nowhere", nil), vpc("nowhere", "vpc", fields{"labels": fields{"class": "gold"}}),
		namespaceOf("of-team", fields{corev1alpha1.AnnotationTeamID: "core", corev1alpha1.AnnotationOwnerAccountID: one}), vpc("of-team", "vpc", nil),
		namespaceOf("of-dots", fields{corev1alpha1.AnnotationTeamID: "ec2.core"}), vpc("of-dots", "vpc", nil),
	)
	entry := func(key string, value any) {
		w.patch(t, kubeapi.ConfigMaps, "ack-system", corev1alpha1.ConfigMapRoleAccountMap, fields{"data": fields{key: value}})
	}
	// Any account of the map may have to accept the attachment.
	wake := func(what string, want ...string) {
		t.Helper()
		w.wantWoken(t, what, append(want, "in-one/attachment")...)
	}
	entry(one, "b")
	wake("a changed entry", "in-one/vpc", "in-one/policy")
	entry("ec2."+one, "c")
	wake("an entry for a service", "in-one/vpc")
	entry("iam."+one, "c")
	wake("an entry for another", "in-one/policy")
	entry("allowed-namespaces."+two, "x")
	wake("who may use an account", "in-two/vpc", "in-two/moved")
	entry("allowed-namespaces.iam."+one, "x")
	wake("who may use an account for a service", "in-one/policy")
	entry(recorded, "d")
	wake("the account of what is recorded", "in-two/moved")
	entry("999999999999", "e")
	wake("the default account", "nowhere/vpc")
	entry("444444444444", "f")
	wake("nobody's account")
	entry(one, nil)
	wake("an entry that goes", "in-one/vpc", "in-one/policy")

	teams := thing("v1", "ConfigMap", "ack-system", corev1alpha1.ConfigMapRoleTeamMap, nil)
	teams.Object["data"] = fields{"web": "a"}
	if _, err := w.client.Resource(kubeapi.ConfigMaps).Namespace("ack-system").Create(t.Context(), teams, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	w.wantWoken(t, "a created map", "of-team/vpc", "of-dots/vpc")
	w.patch(t, kubeapi.ConfigMaps, "ack-system", corev1alpha1.ConfigMapRoleTeamMap, fields{"data": fields{"web": "b"}})
	w.wantWoken(t, "another team's entry")
	w.patch(t, kubeapi.ConfigMaps, "ack-system", corev1alpha1.ConfigMapRoleTeamMap, fields{"data": fields{"core": "b"}})
	w.wantWoken(t, "the team's entry", "of-team/vpc")
	w.patch(t, kubeapi.ConfigMaps, "ack-system", corev1alpha1.ConfigMapRoleTeamMap, fields{"data": fields{"ec2.core": "b"}})
	w.wantWoken(t, "the entry of a team with a dot", "of-dots/vpc")
	w.patch(t, kubeapi.ConfigMaps, "ack-system", corev1alpha1.ConfigMapRoleTeamMap, fields{"data": fields{"allowed-namespaces.ec2.core": "x"}})
	w.wantWoken(t, "who may use it", "of-dots/vpc")
	other := thing("v1", "ConfigMap", "ack-system", "other", nil)
	other.Object["data"] = fields{one: "a"}
	if _, err := w.client.Resource(kubeapi.ConfigMaps).Namespace("ack-system").Create(t.Context(), other, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	w.wantWoken(t, "another ConfigMap")

	w.patch(t, kubeapi.Namespaces, "", "in-two", fields{"metadata": fields{"annotations": fields{corev1alpha1.AnnotationOwnerAccountID: one}}})
	w.wantWoken(t, "an annotation of the namespace", "in-two/vpc", "in-two/moved")
	w.patch(t, kubeapi.Namespaces, "", "in-two", fields{"metadata": fields{"labels": fields{"tier": "db"}}})
	w.wantWoken(t, "a label of the namespace", "in-two/vpc", "in-two/moved")
	w.patch(t, kubeapi.Namespaces, "", "in-two", fields{"metadata": fields{"annotations": fields{"argocd.argoproj.io/tracking-id": "x"}}})
	w.wantWoken(t, "another tool's annotation of the namespace")
	w.patch(t, kubeapi.Namespaces, "", "in-two", fields{"metadata": fields{"annotations": fields{corev1alpha1.NamespaceDeletionPolicy("ec2"): "retain"}}})
	w.wantWoken(t, "the namespace's annotation for a service", "in-two/vpc", "in-two/moved")
	vpcs := kubeapi.GVR(apis.Kinds()[0])
	w.patch(t, vpcs, "in-one", "vpc", fields{"metadata": fields{"labels": fields{"class": "gold"}}})
	w.wantWoken(t, "a label of the object", "in-one/vpc")
}

// When a change concerns many objects, a few are woken first and all the rest follow.
func TestManyAreWoken(t *testing.T) {
	const account, many = "111111111111", 5 * ahead
	objects := []runtime.Object{namespaceOf("big", fields{corev1alpha1.AnnotationOwnerAccountID: account})}
	var want []string
	for n := range many {
		name := fmt.Sprintf("vpc-%03d", n)
		objects = append(objects, thing("ec2.services.k8s.aws/v1alpha1", "VPC", "big", name, nil))
		want = append(want, "big/"+name)
	}
	w := newWatched(t, objects...)
	w.patch(t, kubeapi.Namespaces, "", "big", fields{"metadata": fields{"labels": fields{"tier": "db"}}})
	w.wantWoken(t, "a label of a namespace with many", want...)
}

// Those that a change names are woken first, before those that it may concern.
func TestTheNamedAreWokenFirst(t *testing.T) {
	const account = "111111111111"
	roles := thing("v1", "ConfigMap", "ack-system", corev1alpha1.ConfigMapRoleAccountMap, nil)
	roles.Object["data"] = fields{"222222222222": "a"}
	objects := []runtime.Object{roles, namespaceOf("waits", fields{corev1alpha1.AnnotationOwnerAccountID: account}), namespaceOf("other", fields{corev1alpha1.AnnotationOwnerAccountID: "222222222222"})}
	for n := range ahead {
		objects = append(objects, thing("ec2.services.k8s.aws/v1alpha1", "TransitGatewayVPCAttachment", "other", fmt.Sprintf("a-%d", n), nil),
			thing("ec2.services.k8s.aws/v1alpha1", "VPCPeeringConnection", "other", fmt.Sprintf("p-%d", n), nil))
	}
	objects = append(objects, thing("ec2.services.k8s.aws/v1alpha1", "VPC", "waits", "vpc", nil), thing("iam.services.k8s.aws/v1alpha1", "Role", "waits", "role", nil))
	w := newWatched(t, objects...)
	w.patch(t, kubeapi.ConfigMaps, "ack-system", corev1alpha1.ConfigMapRoleAccountMap, fields{"data": fields{account: "b"}})
	var first []string
	for deadline := time.Now().Add(10 * time.Second); len(first) < ahead && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		first = append(first, w.drain()...)
	}
	first = first[:min(2, len(first))]
	slices.Sort(first)
	if diff := cmp.Diff([]string{"waits/role", "waits/vpc"}, first); diff != "" {
		t.Errorf("woken first (-want +got):\n%s", diff)
	}
}

// A new, changed or deleted selector wakes the objects that it matches or matched, once the cluster
// has selectors.
func TestWhomASelectorWakes(t *testing.T) {
	vpc := func(namespace string, metadata fields) *unstructured.Unstructured {
		return thing("ec2.services.k8s.aws/v1alpha1", "VPC", namespace, "vpc", metadata)
	}
	w := newWatched(t, namespaceOf("a", nil), namespaceOf("b", nil), namespaceOf("c", nil),
		vpc("a", nil), vpc("b", nil), vpc("c", fields{"labels": fields{"class": "gold"}}))
	if all, err := w.List(t.Context(), kubeapi.RoleSelectors); err != nil || len(all) > 0 {
		t.Fatalf("before the definition: %v, %v", all, err)
	}
	w.define(t, selectorCRD)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if watch := w.selectors.Load(); watch != nil && watch.informer.HasSynced() {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the selectors are not watched")
		}
	}
	selector := thing("services.k8s.aws/v1alpha1", "IAMRoleSelector", "", "s", fields{"generation": int64(1)})
	selector.Object["spec"] = fields{"arn": "x", "namespaceSelector": fields{"names": []any{"a"}}}
	selectors := w.client.Resource(kubeapi.RoleSelectors)
	if _, err := selectors.Create(t.Context(), selector, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	w.wantWoken(t, "a new selector", "a/vpc")
	if all, err := w.List(t.Context(), kubeapi.RoleSelectors); err != nil || len(all) != 1 {
		t.Errorf("the cache has %d selectors, %v", len(all), err)
	}
	w.patch(t, kubeapi.RoleSelectors, "", "s", fields{"metadata": fields{"generation": 2}, "spec": fields{"namespaceSelector": fields{"names": []any{"b"}}}})
	w.wantWoken(t, "a selector of other namespaces", "a/vpc", "b/vpc")
	w.patch(t, kubeapi.RoleSelectors, "", "s", fields{"metadata": fields{"generation": 3}, "spec": fields{
		"namespaceSelector": nil, "resourceLabelSelector": fields{"matchLabels": fields{"class": "gold"}},
	}})
	w.wantWoken(t, "a selector by label", "b/vpc", "c/vpc")
	if err := selectors.Delete(t.Context(), "s", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	w.wantWoken(t, "a selector that goes", "c/vpc")
	if err := w.outlines.Resource(definitions).Delete(t.Context(), selectorCRD, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
}
