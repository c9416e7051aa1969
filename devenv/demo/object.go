package main

import (
	"context"
	"embed"
	"fmt"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/resource"
)

// label is on every object that the demo creates in Kubernetes; its value is the run.
const label = "tack-demo"

//go:embed manifests
var manifests embed.FS

type fields = scenario.Fields

// object is one object of the story.
type object struct {
	scenario.Object
	team     team
	manifest *unstructured.Unstructured
	id       string // in AWS, once the object is synced
}

// object reads the manifest of a team's object.
func (s *story) object(of team, file string) (*object, error) {
	raw, err := manifests.ReadFile("manifests/" + file)
	if err != nil {
		return nil, err
	}
	all, err := scenario.Manifests(raw, of.Namespace)
	if err != nil || len(all) != 1 {
		return nil, fmt.Errorf("reading %s: it has %d manifests, want 1 (%w)", file, len(all), err)
	}
	return s.objectOf(of, all[0]), nil
}

// objectOf converts a manifest to an object of the story.
func (s *story) objectOf(of team, m scenario.Manifest) *object {
	m.SetLabels(map[string]string{label: strconv.Itoa(s.run)})
	o := &object{Object: s.Object(m.Kind, of.Namespace, m.GetName()), team: of, manifest: m.Unstructured}
	s.objects = append(s.objects, o)
	return o
}

// apply does what `kubectl apply --server-side` does.
func (o *object) apply(ctx context.Context) error {
	_, err := o.Client.Apply(ctx, o.Ref.Name, o.manifest, metav1.ApplyOptions{FieldManager: label, Force: true})
	if err != nil {
		return fmt.Errorf("applying %s: %w", o.Ref, err)
	}
	return nil
}

// await waits until the object meets the condition, and returns it.
func (o *object) await(ctx context.Context, what string, wanted func(*unstructured.Unstructured) bool) (*unstructured.Unstructured, error) {
	ctx, cancel := context.WithTimeout(ctx, soon)
	defer cancel()
	return o.Await(ctx, what, wanted)
}

// awaitSynced waits until AWS matches the object's newest spec.
func (o *object) awaitSynced(ctx context.Context) (*unstructured.Unstructured, error) {
	u, err := o.await(ctx, "synced", scenario.Synced)
	if err != nil {
		return nil, err
	}
	o.id = level.Known(u, o.Kind).ID
	account, _, _ := unstructured.NestedString(u.Object, "status", resource.StatusMetadata, "ownerAccountID")
	if o.id == "" || account != o.team.Account {
		return nil, fmt.Errorf("checking %s: it is synced with id %q in account %q, want account %s", o.Ref, o.id, account, o.team.Account)
	}
	return u, nil
}
