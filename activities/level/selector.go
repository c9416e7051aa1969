package level

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// selectors returns those that match the object, sorted by name.
func (f *finder) selectors(ctx context.Context) (matching []corev1alpha1.IAMRoleSelector, err error) {
	all, err := f.r.List(ctx, kubeapi.RoleSelectors)
	if err != nil {
		return nil, fmt.Errorf("listing the IAMRoleSelectors: %w", err)
	}
	for _, u := range all {
		s, err := SelectorOf(u)
		if err != nil {
			return nil, err
		}
		if Selects(s, f.kind, f.u, f.ns) {
			matching = append(matching, s)
		}
	}
	slices.SortFunc(matching, func(a, b corev1alpha1.IAMRoleSelector) int { return strings.Compare(a.Name, b.Name) })
	return matching, nil
}

// SelectorOf reads a selector.
func SelectorOf(u *unstructured.Unstructured) (s corev1alpha1.IAMRoleSelector, err error) {
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, &s); err != nil {
		return s, fmt.Errorf("reading IAMRoleSelector %s: %w", u.GetName(), err)
	}
	return s, nil
}

// bySelector returns the identity of the matching selectors. One selector names it; more than one
// name none.
func (f *finder) bySelector(matching []corev1alpha1.IAMRoleSelector) identity {
	named := identity{direct: true}
	if len(matching) > 1 {
		var names []string
		for _, s := range matching {
			names = append(names, s.Name)
		}
		named.wait = waitFor(resource.ReasonSeveralSelectors, "the IAMRoleSelectors %s all match: change them so that only one matches", strings.Join(names, ", "))
		return named
	}
	s := matching[0]
	f.note("role %s: IAMRoleSelector %s", s.Spec.ARN, s.Name)
	account, isRole := roleAccount(s.Spec.ARN)
	if !isRole {
		named.wait = waitFor(resource.ReasonRoleMalformed, "IAMRoleSelector %s: spec.arn, %q, is not the ARN of a role: create another with the ARN of one, and delete this", s.Name, s.Spec.ARN)
	}
	named.account, named.role = account, s.Spec.ARN
	f.selected = fmt.Sprintf("IAMRoleSelector %s selected %s", s.Name, s.Spec.ARN)
	return named
}

// Selects reports whether a selector matches an object. An empty block matches everything; in a
// list, one matching member is enough.
func Selects(s corev1alpha1.IAMRoleSelector, kind apis.Kind, u, ns *unstructured.Unstructured) bool {
	if in := s.Spec.NamespaceSelector; in != nil {
		if len(in.Names) > 0 && !slices.Contains(in.Names, ns.GetName()) || !hasLabels(ns, in.LabelSelector) {
			return false
		}
	}
	if !hasLabels(u, s.Spec.ResourceLabelSelector) {
		return false
	}
	return len(s.Spec.ResourceTypeSelector) == 0 || slices.ContainsFunc(s.Spec.ResourceTypeSelector, func(t corev1alpha1.ResourceType) bool {
		is := func(want, got string) bool { return want == "" || want == got }
		return t != corev1alpha1.ResourceType{} && is(t.Group, kind.Group) && is(t.Version, kind.Version) && is(t.Kind, kind.Kind)
	})
}

func hasLabels(u *unstructured.Unstructured, s *corev1alpha1.LabelSelector) bool {
	return s == nil || labels.SelectorFromSet(s.MatchLabels).Matches(labels.Set(u.GetLabels()))
}
