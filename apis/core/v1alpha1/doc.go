// Package v1alpha1 holds what the objects of every API group share: conditions,
// resource metadata, references between objects, and the names of annotations
// and ConfigMaps. Names and JSON are those of AWS Controllers for Kubernetes.
//
// +kubebuilder:object:generate=true
// +groupName=services.k8s.aws
package v1alpha1
