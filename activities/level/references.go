package level

import (
	"cmp"
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// resolve replaces the references of a spec by the ids of the objects that they name, only in the
// given copy of the spec. It also returns their state.
func resolve(ctx context.Context, r kubeapi.Reader, s Settings, by trust, l *resource.Level, kind apis.Kind, spec map[string]any) error {
	problem := l.Problem
	missing, err := fillReferences(ctx, r, s, by, l, kind, spec)
	switch {
	case err != nil:
		return err
	case l.Problem != problem:
		missing = append(missing, lack{text: l.Problem.Message, permanent: l.Problem.Reason == resource.ReasonCrossNamespace})
	}
	if hasReferences(kind, l.Object.Owner.Ref, spec) {
		l.References = standing(missing)
	}
	return nil
}

// lack describes what a referenced object lacks.
type lack struct {
	text      string
	permanent bool // only an edit can supply it
	// unreadable means that the bridge may not read the object. No event says that it may.
	unreadable bool
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
		if m.permanent {
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

func fillReferences(ctx context.Context, r kubeapi.Reader, s Settings, by trust, l *resource.Level, kind apis.Kind, spec map[string]any) (missing []lack, err error) {
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

func resolveOne(ctx context.Context, r kubeapi.Reader, s Settings, by trust, l *resource.Level, reference apis.Reference, f field) (lacks lack, err error) {
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
	if leaves(l.Object, f.path) {
		l.Object.Unready = cmp.Or(l.Object.Unready, &resource.Wait{Reason: resource.ReasonReferencesNotReady, Message: lacks.text})
		return lack{}, nil
	}
	switch {
	case lacks.unreadable && (l.Wait == nil || l.Wait.Reason == resource.ReasonReferencesNotReady):
		l.Wait = &resource.Wait{Reason: resource.ReasonReferenceNotReadable, Message: lacks.text}
		l.Target = resource.Target{}
	case lacks.unreadable: // another wait comes first
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
