package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// GroupVersion is the group and version of FieldExport and IAMRoleSelector.
var GroupVersion = schema.GroupVersion{Group: GroupName, Version: "v1alpha1"}

// AddToScheme adds FieldExport and IAMRoleSelector to a scheme.
func AddToScheme(s *runtime.Scheme) error {
	s.AddKnownTypes(GroupVersion, &FieldExport{}, &FieldExportList{}, &IAMRoleSelector{}, &IAMRoleSelectorList{})
	metav1.AddToGroupVersion(s, GroupVersion)
	return nil
}
