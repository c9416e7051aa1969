package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// LabelSelector requires all of its labels.
type LabelSelector struct {
	// MatchLabels are the required labels.
	// +kubebuilder:validation:Required
	MatchLabels map[string]string `json:"matchLabels"`
}

// NamespaceSelector selects namespaces, by name and by label.
type NamespaceSelector struct {
	// Names lists the namespaces. An empty list selects all namespaces.
	// +kubebuilder:validation:Required
	Names []string `json:"names"`
	// LabelSelector selects namespaces by their labels.
	// +optional
	LabelSelector *LabelSelector `json:"labelSelector,omitempty"`
}

// ResourceType names kinds. An empty field matches all values.
type ResourceType struct {
	// Group is the API group, for example ec2.services.k8s.aws.
	// +kubebuilder:validation:Required
	Group string `json:"group"`
	// Version is the API version, for example v1alpha1.
	// +kubebuilder:validation:Required
	Version string `json:"version"`
	// Kind is the kind, for example VPC.
	// +kubebuilder:validation:Required
	Kind string `json:"kind"`
}

// IAMRoleSelectorSpec names a role and selects the objects whose resources Tack manages with it. An
// object must match every selector that is set. A selector that is not set matches all objects.
type IAMRoleSelectorSpec struct {
	// ARN is the ARN of the role.
	// +kubebuilder:validation:Required
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="cannot be changed once set"
	ARN string `json:"arn"`
	// NamespaceSelector selects the namespaces of the objects.
	// +optional
	NamespaceSelector *NamespaceSelector `json:"namespaceSelector,omitempty"`
	// ResourceLabelSelector selects objects by their labels.
	// +optional
	ResourceLabelSelector *LabelSelector `json:"resourceLabelSelector,omitempty"`
	// ResourceTypeSelector selects objects by their kinds.
	// +optional
	ResourceTypeSelector []ResourceType `json:"resourceTypeSelector,omitempty"`
}

// IAMRoleSelectorStatus is empty: each object's status shows the selector that applies to it.
type IAMRoleSelectorStatus struct{}

// IAMRoleSelector gives objects the role for their resources.
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
