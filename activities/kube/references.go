package kube

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// resolve fills the references of a spec with the ids of the objects they name,
// in the given copy of the spec only.
func resolve(ctx context.Context, r Reader, l *resource.Level, kind apis.Kind, spec map[string]any) error {
	for _, reference := range apis.References(kind.Name()) {
		for _, field := range fieldsAt(spec, reference.Path) {
			if err := resolveOne(ctx, r, l, reference, field); err != nil {
				return err
			}
		}
	}
	return nil
}

// field is one occurrence of a reference: the object that holds it, and its path.
type field struct {
	holder map[string]any
	name   string
	path   string // "spec.ingressRules[0].userIDGroupPairs[1].groupRef"
}

func resolveOne(ctx context.Context, r Reader, l *resource.Level, reference apis.Reference, f field) error {
	target, ok := targetOf(f, l.Object.Owner.Ref, reference.Kind)
	if !ok {
		return nil
	}
	if old, set := f.holder[reference.Into]; set && old != "" {
		beside := strings.TrimSuffix(f.path, f.name) + reference.Into
		l.Problem = &resource.Problem{State: resource.Terminal, Reason: "InvalidSpec", Message: fmt.Sprintf("%s: set either this or %s, not both", f.path, beside)}
		return nil
	}
	if target.WorkflowID() == l.Object.Owner.Ref.WorkflowID() {
		f.holder[reference.Into] = resource.NewID
		return nil
	}
	id, missing, err := idOf(ctx, r, target)
	switch {
	case err != nil:
		return err
	case missing == "":
		f.holder[reference.Into] = id
	case reference.Step:
		l.Unresolved = append(l.Unresolved, f.path+": "+missing)
	case l.Wait == nil:
		l.Wait = &resource.Wait{Reason: "ReferencesNotReady", Message: f.path + ": " + missing}
		l.Target = resource.Target{}
	}
	return nil
}

// targetOf is the object that a reference names.
func targetOf(f field, from resource.Ref, kind string) (resource.Ref, bool) {
	name, _, _ := unstructured.NestedString(f.holder, f.name, "from", "name")
	if name == "" {
		return resource.Ref{}, false
	}
	namespace, _, _ := unstructured.NestedString(f.holder, f.name, "from", "namespace")
	if namespace == "" {
		namespace = from.Namespace
	}
	return resource.Ref{Kind: kind, Cluster: from.Cluster, Namespace: namespace, Name: name}, true
}

// idOf reads the id of another object's resource, or says in words what is
// missing. The object may be another controller's: only its status counts.
func idOf(ctx context.Context, r Reader, ref resource.Ref) (id, missing string, err error) {
	kind, ok := apis.Referable(ref.Kind)
	if !ok {
		return "", "", fmt.Errorf("resolving a reference: no kind %q", ref.Kind)
	}
	u, err := r.Get(ctx, GVR(kind), ref.Namespace, ref.Name)
	if apierrors.IsNotFound(err) { // or the cluster has no such kind: the API server answers the same
		return "", ref.String() + " is not there (yet)", nil
	}
	if err != nil {
		return "", "", fmt.Errorf("reading %s: %w", ref, err)
	}
	id = recordedID(u, kind)
	switch {
	case id == "":
		return "", ref.String() + " has no id yet", nil
	case u.GetDeletionTimestamp() != nil:
		return "", ref.String() + " is being deleted", nil
	case isTrue(u, corev1alpha1.ConditionTypeTerminal):
		return "", ref.String() + " is in a terminal state", nil
	case !isTrue(u, corev1alpha1.ConditionTypeResourceSynced) && ref.Kind != "ec2.SecurityGroup":
		return "", ref.String() + " is not synced yet", nil
	}
	return id, "", nil
}

// fieldsAt finds every occurrence of a path in a spec.
func fieldsAt(spec map[string]any, path string) []field {
	at := []field{{holder: map[string]any{"spec": spec}, name: "spec", path: "spec"}}
	for _, part := range fieldPath(path) {
		name, list := strings.CutSuffix(part, "[]")
		var next []field
		for _, f := range at {
			holder, ok := f.holder[f.name].(map[string]any)
			if !ok || holder[name] == nil {
				continue
			}
			if !list {
				next = append(next, field{holder, name, f.path + "." + name})
				continue
			}
			items, _ := holder[name].([]any)
			for i, item := range items {
				next = append(next, field{map[string]any{"": item}, "", fmt.Sprintf("%s.%s[%d]", f.path, name, i)})
			}
		}
		at = next
	}
	return at
}

func fieldPath(dotted string) []string { return strings.Split(dotted, ".") }

// Targets are the objects that a spec refers to: those whose changes wake it.
func Targets(kind apis.Kind, ref resource.Ref, u *unstructured.Unstructured) []resource.Ref {
	spec, _, _ := unstructured.NestedMap(u.Object, "spec")
	var targets []resource.Ref
	for _, reference := range apis.References(kind.Name()) {
		for _, f := range fieldsAt(spec, reference.Path) {
			if target, ok := targetOf(f, ref, reference.Kind); ok {
				targets = append(targets, target)
			}
		}
	}
	return targets
}
