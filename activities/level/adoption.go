package level

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// adopting returns the object with its adoption, or the problem of the annotations about it.
func adopting(o resource.Object, u *unstructured.Unstructured, kind apis.Kind) (resource.Object, *resource.Problem) {
	o = adoptingShown(o)
	if o.Deleting || o.Doubt.Named() || o.Takes() {
		return o, nil
	}
	asked, problem := adoptionOf(u, kind, o.Claim)
	o.Adoption = cmp.Or(asked, o.Adoption)
	return o, cmp.Or(problem, withoutID(o))
}

// adoptionOf returns the adoption that an object's annotations ask for, or the problem that they have.
// The annotations have the names and values of AWS Controllers for Kubernetes:
// https://aws-controllers-k8s.github.io/community/docs/user-docs/adopted-resource/
func adoptionOf(u *unstructured.Unstructured, kind apis.Kind, claim *resource.Claim) (*resource.Adoption, *resource.Problem) {
	annotations := u.GetAnnotations()
	policy, asked := annotations[corev1alpha1.AnnotationAdoptionPolicy]
	force := annotations[corev1alpha1.AnnotationAdoptionForce]
	if !asked {
		return nil, withoutPolicy(annotations, claim)
	}
	if policy != corev1alpha1.AdoptionPolicyAdopt && policy != corev1alpha1.AdoptionPolicyAdoptOrCreate {
		return nil, malformed(corev1alpha1.AnnotationAdoptionPolicy, "is %q: write %s or %s", policy,
			corev1alpha1.AdoptionPolicyAdopt, corev1alpha1.AdoptionPolicyAdoptOrCreate)
	}
	if !slices.Contains([]string{"", "true", "false"}, force) {
		return nil, malformed(corev1alpha1.AnnotationAdoptionForce, `is %q: write "true" or "false"`, force)
	}
	key, byName := kind.AdoptionKey()
	id, problem := adoptedID(annotations[corev1alpha1.AnnotationAdoptionFields], kind, key)
	if name, _, _ := unstructured.NestedString(u.Object, "spec", "name"); problem == nil && byName && id != "" && id != name {
		problem = malformed(corev1alpha1.AnnotationAdoptionFields, "names %q, and spec.name is %q: write the same name in both", id, name)
	}
	adoption := &resource.Adoption{ID: id, ByName: byName, Create: policy == corev1alpha1.AdoptionPolicyAdoptOrCreate, Force: force == "true"}
	adoption.Done = !claim.Nothing() && (!claim.Adopted || annotations[corev1alpha1.AnnotationAdopted] == "true")
	if problem == nil && id == "" && !adoption.Create {
		problem = malformed(corev1alpha1.AnnotationAdoptionFields, `is missing: name the resource, as in {"%s": "…"}`, key)
	}
	return adoption, problem
}

// withoutPolicy returns the problem of annotations that expect an adoption although no policy asks for
// one. Without this check, Tack would create a second resource.
func withoutPolicy(annotations map[string]string, claim *resource.Claim) *resource.Problem {
	if !claim.Nothing() {
		return nil
	}
	switch fields := strings.TrimSpace(annotations[corev1alpha1.AnnotationAdoptionFields]); {
	case fields != "" && fields != "{}":
		return malformed(corev1alpha1.AnnotationAdoptionFields, "names a resource, but no annotation asks to adopt it: add %s, or remove the annotation", corev1alpha1.AnnotationAdoptionPolicy)
	case strings.EqualFold(annotations[corev1alpha1.AnnotationAdopted], "true"):
		return malformed(corev1alpha1.AnnotationAdopted, "says that the object adopted a resource, but no annotation names it: add %s and %s, or remove the annotation",
			corev1alpha1.AnnotationAdoptionPolicy, corev1alpha1.AnnotationAdoptionFields)
	}
	return nil
}

// adoptedID returns the id in adoption-fields. As in ACK, other keys are ignored beside it.
func adoptedID(text string, kind apis.Kind, key string) (string, *resource.Problem) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		return "", malformed(corev1alpha1.AnnotationAdoptionFields, `is not a JSON object (%v): write one like {"%s": "…"}`, err, key)
	}
	value, named := fields[key]
	id, isText := value.(string)
	switch {
	case len(fields) == 0:
		return "", nil
	case !named:
		return "", malformed(corev1alpha1.AnnotationAdoptionFields, `has %s, and a %s is found by its %s: write {"%s": "…"}`,
			strings.Join(slices.Sorted(maps.Keys(fields)), ", "), kind.Kind, key, key)
	case !isText || strings.TrimSpace(id) == "":
		return "", malformed(corev1alpha1.AnnotationAdoptionFields, "%s is %v: write the id as a text", key, value)
	}
	return id, nil
}

func malformed(key, format string, args ...any) *resource.Problem {
	message := fmt.Sprintf(format, args...)
	return &resource.Problem{State: resource.Terminal, Reason: resource.ReasonAdoptionMalformed, Args: []string{key, message}, Message: "annotation " + key + " " + message}
}
