package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// NamespacedResource names an object of a kind in the namespace of the FieldExport.
type NamespacedResource struct {
	// Group is the API group of the object, for example ec2.services.k8s.aws.
	// +kubebuilder:validation:Required
	Group string `json:"group"`
	// Kind is the kind of the object, for example VPC.
	// +kubebuilder:validation:Required
	Kind string `json:"kind"`
	// Name is the name of the object.
	// +kubebuilder:validation:Required
	Name string `json:"name"`
}

// ResourceFieldSelector selects a field of an object.
type ResourceFieldSelector struct {
	// Path is the path of the field in jq's syntax, for example .status.vpcID. It starts at .spec or
	// .status.
	// +kubebuilder:validation:Required
	Path string `json:"path"`
	// Resource is the object with the field.
	// +kubebuilder:validation:Required
	Resource NamespacedResource `json:"resource"`
}

// FieldExportOutputType is the kind of the target of a FieldExport.
// +kubebuilder:validation:Enum=configmap;secret
type FieldExportOutputType string

// The kinds of targets.
const (
	FieldExportOutputTypeConfigMap FieldExportOutputType = "configmap"
	FieldExportOutputTypeSecret    FieldExportOutputType = "secret"
)

// FieldExportOutputSelector selects a key of a ConfigMap or Secret, which must exist.
type FieldExportOutputSelector struct {
	// Name is the name of the ConfigMap or Secret.
	// +kubebuilder:validation:Required
	Name string `json:"name"`
	// Namespace is its namespace. The default is the namespace of the FieldExport.
	// +optional
	Namespace *string `json:"namespace,omitempty"`
	// Kind is configmap or secret. Secrets need a bridge that may write them.
	// +kubebuilder:validation:Required
	Kind FieldExportOutputType `json:"kind"`
	// Key is the key to write. The default is the namespace and the name of the FieldExport, with a
	// dot between them.
	// +optional
	Key *string `json:"key,omitempty"`
}

// FieldExportSpec names a field and the key into which Tack copies it.
type FieldExportSpec struct {
	// From selects the field.
	// +kubebuilder:validation:Required
	From ResourceFieldSelector `json:"from"`
	// To selects the key.
	// +kubebuilder:validation:Required
	To FieldExportOutputSelector `json:"to"`
}

// FieldExportStatus says whether the key has the value of the field, and otherwise what is missing.
type FieldExportStatus struct {
	// Conditions are the findings about the FieldExport.
	// +kubebuilder:validation:Required
	Conditions []Condition `json:"conditions"`
	// ObservedGeneration is the generation of the spec that the conditions are about.
	// +optional
	ObservedGeneration *int64 `json:"observedGeneration,omitempty"`
}

// FieldExport copies a field of an object into a key of a ConfigMap or Secret.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=fieldexports
// +kubebuilder:printcolumn:name="READY",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="REASON",type=string,JSONPath=`.status.conditions[?(@.type=="ACK.ResourceSynced")].reason`
// +kubebuilder:printcolumn:name="AGE",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="MESSAGE",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="ACK.ResourceSynced")].message`
type FieldExport struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// +optional
	Spec FieldExportSpec `json:"spec,omitzero"`
	// +optional
	Status FieldExportStatus `json:"status,omitzero"`
}

// FieldExportList is a list of FieldExport objects.
//
// +kubebuilder:object:root=true
type FieldExportList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	Items []FieldExport `json:"items"`
}
