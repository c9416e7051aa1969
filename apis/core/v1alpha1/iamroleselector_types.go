package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// LabelSelector asks for labels, all of them.
type LabelSelector struct {
	// MatchLabels are the labels to have.
	// +kubebuilder:validation:Required
	MatchLabels map[string]string `json:"matchLabels"`
}

// NamespaceSelector chooses namespaces, by name and by label.
type NamespaceSelector struct {
	// Names lists the namespaces; none stands for any.
	// +kubebuilder:validation:Required
	Names []string `json:"names"`
	// LabelSelector asks for labels of the namespace.
	// +optional
	LabelSelector *LabelSelector `json:"labelSelector,omitempty"`
}

// ResourceType names kinds; what is empty stands for any.
type ResourceType struct {
	// Group is the API group.
	// +kubebuilder:validation:Required
	Group string `json:"group"`
	// Version is the API version.
	// +kubebuilder:validation:Required
	Version string `json:"version"`
	// Kind is the kind.
	// +kubebuilder:validation:Required
	Kind string `json:"kind"`
}

// IAMRoleSelectorSpec says by which role which objects' resources are made. All
// that it says must hold of an object; what is left out holds of all.
type IAMRoleSelectorSpec struct {
	// ARN is that of the role.
	// +kubebuilder:validation:Required
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="cannot be changed once set"
	ARN string `json:"arn"`
	// NamespaceSelector chooses the namespaces of the objects.
	// +optional
	NamespaceSelector *NamespaceSelector `json:"namespaceSelector,omitempty"`
	// ResourceLabelSelector asks for labels of the objects.
	// +optional
	ResourceLabelSelector *LabelSelector `json:"resourceLabelSelector,omitempty"`
	// ResourceTypeSelector lists their kinds.
	// +optional
	ResourceTypeSelector []ResourceType `json:"resourceTypeSelector,omitempty"`
}

// IAMRoleSelectorStatus is empty: whom a selector concerns, the objects say.
type IAMRoleSelectorStatus struct{}

// IAMRoleSelector gives objects the role by which their resources are made.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=iamroleselectors,scope=Cluster
type IAMRoleSelector struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// +optional
	Spec IAMRoleSelectorSpec `json:"spec,omitzero"`
	// +optional
	Status IAMRoleSelectorStatus `json:"status,omitzero"`
}

// IAMRoleSelectorList is a list of IAMRoleSelector objects.
//
// +kubebuilder:object:root=true
type IAMRoleSelectorList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	Items []IAMRoleSelector `json:"items"`
}
