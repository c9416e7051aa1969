package level

import (
	"regexp"
	"strings"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// inRegion is a Region, with whether a person chose it for the object or for its namespace.
type inRegion struct {
	name   string
	chosen bool
}

// regionName matches text that is safe in the names of hosts that Tack calls.
var regionName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (r inRegion) malformed() *resource.Wait {
	switch {
	case r.name == "":
		return waitFor(resource.ReasonRegionUnknown, "no Region: annotate the object with %s, its namespace with %s, or start the bridge with --aws-region",
			corev1alpha1.AnnotationRegion, corev1alpha1.AnnotationDefaultRegion)
	case !regionName.MatchString(r.name):
		return waitFor(resource.ReasonRegionMalformed, "%q is not a Region: set one, such as us-west-2, by the annotation %s of the object, %s of its namespace, or --aws-region",
			r.name, corev1alpha1.AnnotationRegion, corev1alpha1.AnnotationDefaultRegion)
	}
	return nil
}

func (f *finder) region() inRegion {
	if v := f.u.GetAnnotations()[corev1alpha1.AnnotationRegion]; v != "" {
		f.note("Region %s: annotation %s of the object", v, corev1alpha1.AnnotationRegion)
		return inRegion{v, true}
	}
	if v := f.ns.GetAnnotations()[corev1alpha1.AnnotationDefaultRegion]; v != "" {
		f.note("Region %s: annotation %s of namespace %s", v, corev1alpha1.AnnotationDefaultRegion, f.ns.GetName())
		return inRegion{v, true}
	}
	if f.s.DefaultRegion != "" {
		f.note("Region %s: --aws-region of the bridge", f.s.DefaultRegion)
	}
	return inRegion{name: f.s.DefaultRegion}
}

// endpoint returns the endpoint that the namespace names in place of the Region's own. The worker
// decides whether it is allowed.
func (f *finder) endpoint() (string, *resource.Wait) {
	text := f.ns.GetAnnotations()[corev1alpha1.AnnotationEndpointURL]
	if text == "" {
		return "", nil
	}
	f.note("endpoint %s: annotation %s of namespace %s", text, corev1alpha1.AnnotationEndpointURL, f.ns.GetName())
	if _, err := resource.ParseEndpoint(text); err != nil {
		return "", waitFor(resource.ReasonEndpointMalformed, "namespace %s: annotation %s: %q is no URL of an endpoint (%v): write one like https://host, or remove the annotation",
			f.ns.GetName(), corev1alpha1.AnnotationEndpointURL, text, err)
	}
	return text, nil
}

// partitionOf returns the partition of an ARN: "aws" of "arn:aws:iam::…".
func partitionOf(arn string) string {
	parts := strings.SplitN(arn, ":", 3)
	if len(parts) < 3 {
		return ""
	}
	return parts[1]
}
