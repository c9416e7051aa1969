package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/activities/kube"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// label is on every object that the demo creates in Kubernetes; its value is the run.
const label = "tack-demo"

//go:embed manifests
var manifests embed.FS

type fields = map[string]any

// object is one object of the story.
type object struct {
	team     team
	kind     apis.Kind
	ref      resource.Ref
	manifest *unstructured.Unstructured
	id       string // in AWS, once the object is synced
	client   dynamic.ResourceInterface
}

// object reads the manifest of a team's object.
func (s *story) object(of team, file string) (*object, error) {
	raw, err := manifests.ReadFile("manifests/" + file)
	if err != nil {
		return nil, err
	}
	u := &unstructured.Unstructured{}
	if raw, err = yaml.YAMLToJSON(raw); err == nil {
		err = u.UnmarshalJSON(raw)
	}
	if err != nil {
		return nil, fmt.Errorf("reading manifest %s: %w", file, err)
	}
	gvk := u.GroupVersionKind()
	for _, kind := range apis.Kinds() {
		if kind.Group != gvk.Group || kind.Kind != gvk.Kind {
			continue
		}
		return s.objectOf(of, kind, u), nil
	}
	return nil, fmt.Errorf("reading manifest %s: no kind %s", file, gvk)
}

// objectOf converts a manifest to an object of the story.
func (s *story) objectOf(of team, kind apis.Kind, u *unstructured.Unstructured) *object {
	u.SetLabels(map[string]string{label: strconv.Itoa(s.run)})
	ref := resource.Ref{Kind: kind.Name(), Cluster: cluster, Namespace: of.namespace, Name: u.GetName()}
	o := &object{team: of, kind: kind, ref: ref, manifest: u, client: s.kube.Resource(kube.GVR(kind)).Namespace(of.namespace)}
	s.objects = append(s.objects, o)
	return o
}

// apply does what `kubectl apply --server-side` does.
func (o *object) apply(ctx context.Context) error {
	_, err := o.client.Apply(ctx, o.ref.Name, o.manifest, metav1.ApplyOptions{FieldManager: label, Force: true})
	if err != nil {
		return fmt.Errorf("applying %s: %w", o.ref, err)
	}
	return nil
}

// await waits until the object meets the condition, and returns it.
func (o *object) await(ctx context.Context, what string, wanted func(*unstructured.Unstructured) bool) (*unstructured.Unstructured, error) {
	ctx, cancel := context.WithTimeout(ctx, soon)
	defer cancel()
	var last *unstructured.Unstructured
	for {
		u, err := o.client.Get(ctx, o.ref.Name, metav1.GetOptions{})
		if err == nil && wanted(u) {
			return u, nil
		}
		if err == nil {
			last = u
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for %s to be %s: %w; its conditions are %s", o.ref, what, ctx.Err(), showConditions(last))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// awaitSynced waits until AWS matches the object's newest spec.
func (o *object) awaitSynced(ctx context.Context) (*unstructured.Unstructured, error) {
	u, err := o.await(ctx, "synced", func(u *unstructured.Unstructured) bool {
		return current(u) && conditionOf(u, corev1alpha1.ConditionTypeResourceSynced)["status"] == "True"
	})
	if err != nil {
		return nil, err
	}
	o.id = kube.Known(u, o.kind).ID
	account, _, _ := unstructured.NestedString(u.Object, "status", resource.StatusMetadata, "ownerAccountID")
	if o.id == "" || account != o.team.account {
		return nil, fmt.Errorf("checking %s: it is synced with id %q in account %q, want account %s", o.ref, o.id, account, o.team.account)
	}
	return u, nil
}

// current reports whether the status describes the newest spec.
func current(u *unstructured.Unstructured) bool {
	seen, _, _ := unstructured.NestedInt64(u.Object, "status", resource.StatusObservedGeneration)
	return seen == u.GetGeneration()
}

func conditionOf(u *unstructured.Unstructured, kind corev1alpha1.ConditionType) fields {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", resource.StatusConditions)
	for _, c := range conditions {
		if c, _ := c.(fields); c["type"] == string(kind) {
			return c
		}
	}
	return nil
}

func message(c fields) string {
	text, _ := c["message"].(string)
	return text
}

func showConditions(u *unstructured.Unstructured) string {
	if u == nil {
		return "unknown"
	}
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", resource.StatusConditions)
	raw, err := json.Marshal(conditions)
	if err != nil || bytes.Equal(raw, []byte("null")) {
		return "none"
	}
	return string(raw)
}
