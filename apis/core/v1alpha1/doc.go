// Package v1alpha1 contains what the objects of every API group share: conditions, resource
// metadata, references, and the names of annotations and ConfigMaps. Names and JSON match AWS
// Controllers for Kubernetes.
//
// +kubebuilder:object:generate=true
// +groupName=services.k8s.aws
package v1alpha1
