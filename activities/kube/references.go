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

// resolve replaces the references of a spec by the ids of the objects that they name, only in the
// given copy of the spec. It also returns their state.
func resolve(ctx context.Context, r Reader, s Settings, by trust, l *resource.Level, kind apis.Kind, spec map[string]any) error {
	problem := l.Problem
	missing, err := fillReferences(ctx, r, s, by, l, kind, spec)
	switch {
	case err != nil:
		return err
	case l.Problem != problem:
		missing = append(missing, lack{text: l.Problem.Message, refused: l.Problem.Reason == resource.ReasonCrossNamespace})
	}
	if hasReferences(kind, l.Object.Owner.Ref, spec) {
		l.References = standing(missing)
	}
	return nil
}

// lack describes what a referenced object lacks.
type lack struct {
	text    string
	refused bool // only an edit can supply it
}

// standing returns the state of the references, given those that are not resolved. ACK sets False
// when the other object is terminal or must not be named, and Unknown otherwise.
func standing(missing []lack) *resource.References {
	all := &resource.References{Status: "True"}
	var texts []string
	for _, m := range missing {
		texts = append(texts, m.text)
		if all.Status != "False" {
			all.Status = "Unknown"
		}
		if m.refused {
			all.Status = "False"
		}
	}
	all.Message = resource.Several(texts)
	return all
}

func hasReferences(kind apis.Kind, from resource.Ref, spec map[string]any) bool {
	for _, reference := range apis.References(kind.Name()) {
		for _, f := range fieldsAt(spec, reference.Path) {
			if _, ok := targetOf(f, from, reference.Kind); ok {
				return true
			}
		}
	}
	return false
}

func fillReferences(ctx context.Context, r Reader, s Settings, by trust, l *resource.Level, kind apis.Kind, spec map[string]any) (missing []lack, err error) {
	for _, reference := range apis.References(kind.Name()) {
		fields := fieldsAt(spec, reference.Path)
		for _, f := range fields {
			// Find all targets before resolving any: the references of one list fill the same
			// field.
			_, set := targetOf(f, l.Object.Owner.Ref, reference.Kind)
			if !set && f.holder[f.name] != nil {
				l.Problem = &resource.Problem{State: resource.Terminal, Reason: resource.ReasonInvalidSpec, Args: []string{f.path}, Message: f.path + ": names no object: set from.name, or leave it out"}
				return missing, nil
			}
			if beside := f.filled(reference.Into); set && beside != "" {
				l.Problem = &resource.Problem{State: resource.Terminal, Reason: resource.ReasonInvalidSpec, Args: []string{f.path, beside}, Message: fmt.Sprintf("%s: set either this or %s, not both", f.path, beside)}
				return missing, nil
			}
		}
		for _, f := range fields {
			lacks, err := resolveOne(ctx, r, s, by, l, reference, f)
			if err != nil {
				return nil, err
			}
			if lacks.text != "" {
				missing = append(missing, lacks)
			}
		}
	}
	return missing, nil
}

// field is one occurrence of a reference: the object that holds it, and its path.
type field struct {
	holder map[string]any
	name   string
	path   string // "spec.ingressRules[0].userIDGroupPairs[1].groupRef"
	list   *field // for an item of a list: the list
}

// filled returns the path of the field beside a reference, if that field has a value.
func (f field) filled(into string) string {
	if f.list != nil {
		f.holder, f.name, f.path = f.list.holder, f.list.name, f.list.path
	}
	value := f.holder[into]
	if list, ok := value.([]any); value == nil || value == "" || ok && len(list) == 0 {
		return ""
	}
	return strings.TrimSuffix(f.path, f.name) + into
}

// fill writes an id into the field beside the reference.
func (f field) fill(into, id string) {
	if f.list == nil {
		f.holder[into] = id
		return
	}
	ids, _ := f.list.holder[into].([]any)
	f.list.holder[into] = append(ids, id)
}

func resolveOne(ctx context.Context, r Reader, s Settings, by trust, l *resource.Level, reference apis.Reference, f field) (lacks lack, err error) {
	target, ok := targetOf(f, l.Object.Owner.Ref, reference.Kind)
	if !ok {
		return lacks, nil
	}
	if target.WorkflowID() == l.Object.Owner.Ref.WorkflowID() {
		f.fill(reference.Into, resource.NewID)
		return lacks, nil
	}
	if target.Namespace != l.Object.Owner.Ref.Namespace && s.OwnNamespaceOnly {
		args := []string{f.path, target.Namespace, l.Object.Owner.Ref.Namespace}
		l.Problem = &resource.Problem{State: resource.Terminal, Reason: resource.ReasonCrossNamespace, Args: args, Message: fmt.Sprintf(
			"%s: names an object of namespace %s, which this installation does not allow: name one of %s, or start the bridge with --enable-cross-namespace", f.path, target.Namespace, l.Object.Owner.Ref.Namespace)}
		return lacks, nil
	}
	id, lacks, err := valueOf(ctx, r, s, target, reference, by)
	switch {
	case err != nil:
		return lacks, err
	case lacks.text == "":
		f.fill(reference.Into, id)
		return lacks, nil
	}
	lacks.text = f.path + ": " + lacks.text
	switch {
	case reference.Step:
		l.Unresolved = append(l.Unresolved, lacks.text)
	case l.Wait == nil:
		l.Wait = &resource.Wait{Reason: resource.ReasonReferencesNotReady, Message: lacks.text}
		l.Target = resource.Target{}
	}
	return lacks, nil
}

// targetOf returns the object that a reference names.
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

// valueOf reads the id of another object's resource or the value at a path of the object.
// Otherwise, it describes what is missing. Only the other object's status says whether it is ready.
// For another controller's kind, the status also gives the id.
func valueOf(ctx context.Context, r Reader, s Settings, ref resource.Ref, reference apis.Reference, by trust) (value string, lacks lack, err error) {
	kind, ok := apis.Referable(ref.Kind)
	if !ok {
		return "", lacks, fmt.Errorf("resolving a reference: no kind %q", ref.Kind)
	}
	u, err := r.Get(ctx, GVR(kind), ref.Namespace, ref.Name)
	if apierrors.IsNotFound(err) { // or the cluster has no such kind: the API server's answer is the same
		return "", lack{text: ref.String() + " is not there (yet)"}, nil
	}
	if err != nil {
		return "", lacks, fmt.Errorf("reading %s: %w", ref, err)
	}
	if text := distrusted(u, s, kind, ref, by); text != "" {
		return "", lack{text: text}, nil
	}
	value, lacks = valueIn(u, kind, ref, reference, by)
	return value, lacks, nil
}

// valueIn is valueOf for an object that was read.
func valueIn(u *unstructured.Unstructured, kind apis.Kind, ref resource.Ref, reference apis.Reference, by trust) (value string, lacks lack) {
	id := referredID(u, kind, by)
	synced := Holds(u, corev1alpha1.ConditionTypeResourceSynced)
	switch {
	case id == "" && recordedID(u, kind) != "" && !worthOf(u, kind).copied:
		return "", lack{text: fmt.Sprintf("the status of %s tells of %s, but no claim says that it is that object's: write the id into the field beside the reference, if it is the right one", ref, recordedID(u, kind))}
	case id == "":
		return "", lack{text: ref.String() + " has no id yet" + trouble(u)}
	case by != toCreate && suffices(u, id, reference):
	case u.GetDeletionTimestamp() != nil:
		return "", lack{text: ref.String() + " is being deleted"}
	case Holds(u, corev1alpha1.ConditionTypeTerminal):
		return "", lack{text: ref.String() + " is in a terminal state" + trouble(u), refused: true}
	case !synced && !reference.Exists:
		return "", lack{text: ref.String() + " is not synced yet" + trouble(u)}
	case !reference.Exists && !ofThisGeneration(u):
		return "", lack{text: ref.String() + " is not synced with its newest spec yet"}
	}
	if reference.Named {
		// Not the name in the spec: AWS may not have carried out a rename, or never will.
		return id[strings.LastIndexByte(id, '/')+1:], lacks
	}
	return id, lacks
}

// suffices reports whether the id of another object is enough for an object that is made. Only a
// create waits for Synced: a later edit of the parent, even a bad one, must not unsettle every
// object made with it. A step may still be pending, and AWS refuses one that names a gateway before
// that is available. For a step, the other object must have been Synced once with this id.
func suffices(u *unstructured.Unstructured, id string, reference apis.Reference) bool {
	if !reference.Step {
		return true
	}
	return syncedOnce(u) == id && u.GetDeletionTimestamp() == nil
}

// syncedOnce returns the id of the resource that was Synced last.
func syncedOnce(u *unstructured.Unstructured) string {
	id, _, _ := unstructured.NestedString(u.Object, "status", resource.StatusSyncedID)
	return id
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
				next = append(next, field{holder: holder, name: name, path: f.path + "." + name})
				continue
			}
			items, _ := holder[name].([]any)
			for i, item := range items {
				next = append(next, field{
					holder: map[string]any{"": item}, path: fmt.Sprintf("%s.%s[%d]", f.path, name, i),
					list: &field{holder: holder, name: name, path: f.path + "." + name},
				})
			}
		}
		at = next
	}
	return at
}

func fieldPath(dotted string) []string { return strings.Split(dotted, ".") }

// Targets returns the objects to which a spec refers: a change of one of them wakes the object.
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
