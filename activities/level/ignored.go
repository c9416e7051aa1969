package level

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Ignored returns the fields that an object's annotation leaves to others, such as "spec.routes",
// sorted. A reference and the field that it fills go together. The worker knows the fields of a kind,
// and checks them.
func Ignored(u *unstructured.Unstructured, kind apis.Kind) (paths []string) {
	for path := range strings.SplitSeq(u.GetAnnotations()[corev1alpha1.AnnotationIgnoreFields], ",") {
		if path = strings.TrimSpace(path); path != "" {
			paths = append(paths, path)
		}
	}
	// Several references may fill one field: first the fields, then all that fill them.
	paths = withEach(paths, kind, referencePath, filledPath)
	paths = withEach(paths, kind, filledPath, referencePath)
	slices.Sort(paths)
	return slices.Compact(paths)
}

// withEach adds to paths what belongs to those that one side of a reference has.
func withEach(paths []string, kind apis.Kind, has, adds func(apis.Reference) string) []string {
	all := slices.Clone(paths)
	for _, reference := range apis.References(kind.Name()) {
		if slices.Contains(paths, has(reference)) {
			all = append(all, adds(reference))
		}
	}
	return all
}

func referencePath(r apis.Reference) string { return "spec." + strings.TrimSuffix(r.Path, "[]") }

func filledPath(r apis.Reference) string { return "spec." + strings.TrimSuffix(filledBy(r), "[]") }

// leaves reports whether Tack leaves a field of an existing resource as it is in AWS. A reference there
// need not be resolved, except for a new resource.
func leaves(o resource.Object, path string) bool {
	return o.Claim.Recorded() && resource.Covers(o.Ignores(), path)
}
