package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	serializer "k8s.io/apimachinery/pkg/runtime/serializer/json"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Object is an object of a kind that Tack serves.
type Object struct {
	Ref     resource.Ref
	Where   string          // "main.yaml, document 2"
	Raw     json.RawMessage // the manifest
	Secrets []string        // its fields that may contain secrets
	Targets []resource.Ref  // the objects to which it refers
	Name    string          // in its spec
}

// Set is what a command line names.
type Set struct {
	Objects []Object                   // an object follows those to which it refers
	Spaces  map[string]json.RawMessage // the manifests of namespaces
	Skipped []string                   // objects of other kinds, in words
}

// Defaults complete objects that name neither a cluster nor a namespace.
type Defaults struct{ Cluster, Namespace string }

// Read reads the objects at the paths: files, folders, or "-" for standard input.
func Read(paths []string, stdin io.Reader, d Defaults) (Set, error) {
	set := Set{Spaces: map[string]json.RawMessage{}}
	seen := map[resource.Ref]string{}
	for _, path := range paths {
		all, err := documents(path, stdin)
		if err != nil {
			return set, err
		}
		for _, doc := range all {
			if err := set.add(doc, d, seen); err != nil {
				return set, fmt.Errorf("reading %s: %w", doc.where, err)
			}
		}
	}
	if len(set.Objects) == 0 {
		return set, errors.New("no object of a kind that Tack serves" + inWords(set.Skipped))
	}
	set.Objects = ordered(set.Objects)
	return set, nil
}

func inWords(skipped []string) string {
	if len(skipped) == 0 {
		return ""
	}
	return ", only " + strings.Join(skipped, ", ")
}

// add adds the object of a document.
func (s *Set) add(doc document, d Defaults, seen map[resource.Ref]string) error {
	u := doc.u
	for field, value := range map[string]string{"apiVersion": u.GetAPIVersion(), "kind": u.GetKind(), "metadata.name": u.GetName()} {
		if value == "" {
			return fmt.Errorf("%s: is missing", field)
		}
	}
	gvk := u.GroupVersionKind()
	kind, served, err := kindOf(gvk)
	switch {
	case err != nil:
		return err
	case !served && gvk.Group == "" && gvk.Kind == "Namespace":
		s.Spaces[u.GetName()], err = json.Marshal(u.Object)
		return err
	case !served:
		s.Skipped = append(s.Skipped, fmt.Sprintf("%s %s (%s)", gvk.Kind, u.GetName(), doc.where))
		return nil
	}
	if u.GetNamespace() == "" {
		u.SetNamespace(d.Namespace)
	}
	raw, err := checked(u)
	if err != nil {
		return err
	}
	o := Object{Ref: resource.Ref{Kind: kind.Name(), Cluster: d.Cluster, Namespace: u.GetNamespace(), Name: u.GetName()}, Where: doc.where, Raw: raw}
	if other, twice := seen[o.Ref]; twice {
		return fmt.Errorf("metadata.name: %s is in %s, too", o.Ref, other)
	}
	seen[o.Ref] = doc.where
	o.Targets = level.Targets(kind, o.Ref, u)
	o.Name, _, _ = unstructured.NestedString(u.Object, "spec", "name")
	_, o.Secrets = level.WithoutSecrets(u, kind)
	s.Objects = append(s.Objects, o)
	return nil
}

// kindOf finds the kind of an object. A kind that Tack lacks in an API group that it serves is an error.
func kindOf(gvk schema.GroupVersionKind) (kind apis.Kind, served bool, err error) {
	var known []string
	for _, kind := range apis.Kinds() {
		switch {
		case kind.Group != gvk.Group:
		case kind.Version != gvk.Version:
			return kind, false, fmt.Errorf("apiVersion: %s: Tack serves %s/%s", gvk.GroupVersion(), kind.Group, kind.Version)
		case kind.Kind == gvk.Kind:
			return kind, true, nil
		default:
			known = append(known, kind.Kind)
		}
	}
	if len(known) > 0 {
		err = fmt.Errorf("kind: Tack serves no %s of %s: use one of %s", gvk.Kind, gvk.Group, strings.Join(known, ", "))
	}
	return kind, false, err
}

// checked returns an object in JSON, after a check of its fields as kubectl makes it.
func checked(u *unstructured.Unstructured) (json.RawMessage, error) {
	raw, err := json.Marshal(u.Object)
	if err != nil {
		return nil, err
	}
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{ec2v1alpha1.AddToScheme, iamv1alpha1.AddToScheme} {
		if err = add(scheme); err != nil {
			return nil, err
		}
	}
	strict := serializer.NewSerializerWithOptions(serializer.DefaultMetaFactory, scheme, scheme, serializer.SerializerOptions{Strict: true})
	_, _, err = strict.Decode(raw, nil, nil)
	return raw, err
}

// ordered sorts objects so that each follows those to which it refers. Otherwise, they keep their order.
func ordered(objects []Object) []Object {
	byRef := map[resource.Ref]Object{}
	for _, o := range objects {
		byRef[o.Ref] = o
	}
	var sorted []Object
	visited := map[resource.Ref]bool{}
	var visit func(Object)
	visit = func(o Object) {
		if visited[o.Ref] {
			return
		}
		visited[o.Ref] = true // before its targets: two objects may refer to each other
		for _, target := range o.Targets {
			if other, here := byRef[target]; here {
				visit(other)
			}
		}
		sorted = append(sorted, o)
	}
	for _, o := range objects {
		visit(o)
	}
	return sorted
}

// Beside returns what an object needs to know of the others in the set.
func (s Set) Beside(o Object) (beside []resource.Beside) {
	for _, other := range s.Objects {
		if other.Ref != o.Ref && slices.Contains(o.Targets, other.Ref) {
			beside = append(beside, resource.Beside{Ref: other.Ref, Name: other.Name})
		}
	}
	return beside
}
