package moving

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
)

func TestPlace(t *testing.T) {
	ref := &corev1alpha1.AWSResourceReferenceWrapper{}
	type outcome struct {
		leaves, enters bool
		path           string
	}
	for name, test := range map[string]struct {
		want *string
		ref  *corev1alpha1.AWSResourceReferenceWrapper
		is   string
		then outcome
	}{
		"nowhere, and wanted nowhere": {nil, nil, "", outcome{path: "spec.vpcID"}},
		"an empty text is nowhere":    {aws.String(""), nil, "vpc-1", outcome{leaves: true, path: "spec.vpcID"}},
		"it enters":                   {aws.String("vpc-1"), nil, "", outcome{enters: true, path: "spec.vpcID"}},
		"it stays":                    {aws.String("vpc-1"), nil, "vpc-1", outcome{path: "spec.vpcID"}},
		"it moves":                    {aws.String("vpc-2"), nil, "vpc-1", outcome{leaves: true, enters: true, path: "spec.vpcID"}},
		"it leaves":                   {nil, nil, "vpc-1", outcome{leaves: true, path: "spec.vpcID"}},
		"it moves by its reference":   {aws.String("vpc-2"), ref, "vpc-1", outcome{leaves: true, enters: true, path: "spec.vpcRef"}},
		"its reference is not known":  {nil, ref, "vpc-1", outcome{path: "spec.vpcRef"}},
	} {
		p := To("vpcID", test.want, test.ref, test.is)
		got := outcome{p.Leaves(), p.Enters(), p.Path}
		if diff := cmp.Diff(test.then, got, cmp.AllowUnexported(outcome{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
