// Package moving compares where a resource is with where its spec wants it. A resource is with one
// other at a time: a gateway in one VPC, a role in a profile.
package moving

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
)

// Place is where a resource is, and where its spec wants it; empty: nowhere.
type Place struct {
	Is, Want string
	Path     string // of the field that decides
	Unknown  bool   // its reference is not resolved at present: it may name the current place
}

// To reads the wanted place from a field, or the reference beside it.
func To(field string, want *string, ref *corev1alpha1.AWSResourceReferenceWrapper, is string) Place {
	p := Place{Is: is, Want: aws.ToString(want), Path: "spec." + field}
	if ref != nil {
		p.Path = "spec." + strings.TrimSuffix(field, "ID") + "Ref"
		p.Unknown = p.Want == ""
	}
	return p
}

// Leaves reports whether the resource leaves its place.
func (p Place) Leaves() bool { return p.Is != "" && p.Is != p.Want && !p.Unknown }

// Enters reports whether the resource enters another place.
func (p Place) Enters() bool { return p.Want != "" && p.Is != p.Want }
