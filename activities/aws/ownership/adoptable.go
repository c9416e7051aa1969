package ownership

import (
	"maps"
	"slices"
	"strings"

	"github.com/tack-dev/tack/resource"
)

// tools are the tags by which other tools mark what they manage.
var tools = map[string]string{
	"aws:cloudformation:stack-name":     "the CloudFormation stack",
	"aws:autoscaling:groupName":         "the Auto Scaling group",
	"aws:servicecatalog:productArn":     "the Service Catalog product",
	"aws:elasticmapreduce:job-flow-id":  "the EMR cluster",
	"elasticbeanstalk:environment-name": "the Elastic Beanstalk environment",
	"eks:nodegroup-name":                "the EKS node group",
	"eks:cluster-name":                  "the EKS cluster",
	"karpenter.sh/nodepool":             "the Karpenter node pool",
	"crossplane-name":                   "the Crossplane object",
}

// notAdoptable returns why an object may not adopt a resource, or nil.
func notAdoptable(o resource.Object, f Found) *resource.Problem {
	owner := resource.OwnershipOf(f.Tags).Owner
	if owner == "" {
		owner = toolOf(f.Tags)
	}
	switch {
	case o.Adoption != nil && o.Adoption.Force:
		return nil
	case owner != "":
		return blocked(resource.ReasonOwnedByAnother,
			"%s belongs to %s: it is not adopted. To adopt it anyway, set the annotation services.k8s.aws/adoption-force: \"true\"", f.ID, owner)
	case f.Tagless && !f.TagsFollow && !o.Takes() && !adopted(o, f):
		what := o.Owner.Ref.ShortKind()
		return blocked(resource.ReasonNameTaken,
			"%s is not adopted: AWS has no tags for a %s, so Tack cannot tell whose it is. If no other object and no other tool manages it, set the annotation services.k8s.aws/adoption-force: \"true\"; otherwise choose another name", f.ID, what)
	}
	return nil
}

// adopted reports whether the object itself recorded the resource as one that it adopts.
func adopted(o resource.Object, f Found) bool {
	return o.Claim.Recorded() && o.Claim.ID == f.ID && o.Claim.Adopted
}

// toolOf returns the stack of another tool that manages a resource, in words; empty: none.
func toolOf(tags map[string]string) string {
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		for tag, words := range tools {
			if strings.EqualFold(key, tag) {
				return words + " " + tags[key]
			}
		}
	}
	return ""
}
