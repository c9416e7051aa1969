package v1alpha1

// AWSResourceReferenceWrapper refers to another object. Tack uses the id of its resource.
type AWSResourceReferenceWrapper struct {
	// From names the object.
	// +optional
	From *AWSResourceReference `json:"from,omitempty"`
}

// AWSResourceReference names another object.
type AWSResourceReference struct {
	// Name is the object's name.
	// +optional
	Name *string `json:"name,omitempty"`
	// Namespace is the object's namespace. The default is the namespace of the referring object.
	// +optional
	Namespace *string `json:"namespace,omitempty"`
}
