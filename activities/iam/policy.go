package iam

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/documents"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/holders"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/late"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	policies            = gets[types.Policy]("policy", (*awsiam.Client).GetPolicy)
	createPolicy        = creates(policies, (*awsiam.Client).CreatePolicy)
	deletePolicy        = call.Delete((*awsiam.Client).DeletePolicy).HeldBy(policyHolders, policyInUse).AtOnce()
	createPolicyVersion = call.To("CreateVersion", (*awsiam.Client).CreatePolicyVersion)
	deletePolicyVersion = call.To("DeleteVersion", (*awsiam.Client).DeletePolicyVersion)
)

// maxVersions is how many versions of a policy AWS keeps.
const maxVersions = 5

// policy is a managed policy as AWS shows it.
type policy struct {
	types.Policy
	Identity
	document string                // of the default version
	versions []types.PolicyVersion // read where one must go
	users    []string              // what prevents its deletion
}

// Policy manages a policy whose default version is the spec's document. Its id is its ARN.
func Policy() kind.Kind {
	return of(policies, createPolicy, deletePolicy, kind.Definition[*awsiam.Client, iamv1alpha1.PolicySpec, policy]{
		Kind:   "iam.Policy",
		Tagged: taggedBy("PolicyArn", (*awsiam.Client).TagPolicy, (*awsiam.Client).UntagPolicy, tagRules),
		Check:  checkPolicy,
		Find:   finder(policies, readPolicy),
		Facts:  func(got *policy) kind.Facts { return kind.Facts{Held: holders.Wait(got.id, got.users)} },
		Create: request[iamv1alpha1.PolicySpec](policies, createPolicy),
		Plan:   planPolicy,
		Unplan: unplanPolicy,
		Status: shape.Shown[iamv1alpha1.PolicyStatus, policy](),
		Spec:   describePolicy,
		Fixed:  fixed.Of[iamv1alpha1.PolicySpec, policy]("description"),
		Late:   late.Of[policy]("path"),
		Calls:  call.All(createPolicyVersion, deletePolicyVersion),
	})
}

// readPolicy reads what a deletion needs, or what is compared.
func readPolicy(ctx context.Context, client *awsiam.Client, q kind.Query[iamv1alpha1.PolicySpec], got *policy) error {
	switch {
	case q.Deleting && q.Retain:
		return got.readVersions(ctx, client)
	case q.Deleting:
		return got.readUsers(ctx, client)
	}
	return got.readDocument(ctx, client, aws.ToString(q.Want.PolicyDocument))
}

// readUsers reads what a deletion needs: what prevents it, else the versions to delete first.
func (p *policy) readUsers(ctx context.Context, client *awsiam.Client) (err error) {
	uses := aws.ToInt32(p.AttachmentCount) + aws.ToInt32(p.PermissionsBoundaryUsageCount)
	if uses == 0 {
		return p.readVersions(ctx, client)
	}
	// AWS refuses the deletion only after the other versions are gone.
	p.users, err = policyHolders(ctx, client, &awsiam.DeletePolicyInput{PolicyArn: p.Arn})
	if len(p.users) == 0 {
		p.users = []string{fmt.Sprintf("%d users, groups or roles", uses)}
	}
	return err
}

// readDocument reads the default version, and all versions where the document must be replaced.
func (p *policy) readDocument(ctx context.Context, client *awsiam.Client, want string) error {
	version, err := client.GetPolicyVersion(ctx, &awsiam.GetPolicyVersionInput{PolicyArn: p.Arn, VersionId: p.DefaultVersionId})
	if err != nil {
		return fmt.Errorf("getting version %s of %s: %w", aws.ToString(p.DefaultVersionId), p.id, err)
	}
	if p.document, err = decodeDocument(version.PolicyVersion.Document); err != nil || documents.Same(want, p.document) {
		return err
	}
	return p.readVersions(ctx, client)
}

func (p *policy) readVersions(ctx context.Context, client *awsiam.Client) (err error) {
	pages := awsiam.NewListPolicyVersionsPaginator(client, &awsiam.ListPolicyVersionsInput{PolicyArn: p.Arn})
	p.versions, err = reads.All(ctx, pages, func(page *awsiam.ListPolicyVersionsOutput) []types.PolicyVersion { return page.Versions })
	if err != nil {
		return fmt.Errorf("listing the versions of %s: %w", p.id, err)
	}
	return nil
}

func planPolicy(want iamv1alpha1.PolicySpec, got *policy, _ kind.Case) (draft kind.Draft) {
	if got == nil {
		return draft // the create sets everything
	}
	if !documents.Same(aws.ToString(want.PolicyDocument), got.document) {
		draft.Steps = planPolicyVersion(want, got)
	}
	return draft
}

const documentPath = "spec.policyDocument"

// planPolicyVersion makes the spec's document the default version. Where AWS keeps no more
// versions, it replaces the oldest other one.
func planPolicyVersion(want iamv1alpha1.PolicySpec, got *policy) []resource.Step {
	var changes []resource.Step
	if old := otherVersions(got); len(got.versions) >= maxVersions && len(old) > 0 {
		changes = append(changes, steps.For(0, documentPath, planVersionDelete(got, old[0])))
	}
	step := createPolicyVersion.Step("make the spec's document the default version", awsiam.CreatePolicyVersionInput{
		PolicyArn: got.Arn, PolicyDocument: want.PolicyDocument, SetAsDefault: true,
	})
	step.Once = true // a repeat creates another version
	return append(changes, steps.For(1, documentPath, step))
}

// otherVersions returns all versions except the default one, oldest first.
func otherVersions(got *policy) (old []types.PolicyVersion) {
	for _, v := range got.versions {
		if !v.IsDefaultVersion {
			old = append(old, v)
		}
	}
	slices.SortStableFunc(old, func(a, b types.PolicyVersion) int {
		return aws.ToTime(a.CreateDate).Compare(aws.ToTime(b.CreateDate))
	})
	return old
}

func planVersionDelete(got *policy, v types.PolicyVersion) resource.Step {
	return deletePolicyVersion.Step("delete version "+aws.ToString(v.VersionId), awsiam.DeletePolicyVersionInput{
		PolicyArn: got.Arn, VersionId: v.VersionId,
	})
}

// unplanPolicy deletes the other versions first, as AWS requires.
func unplanPolicy(got *policy) (removals []resource.Step) {
	for _, v := range otherVersions(got) {
		removals = append(removals, planVersionDelete(got, v))
	}
	return append(removals, steps.At(1, deletion(policies, deletePolicy, &got.Policy))...)
}

// maxPolicyName is IAM's limit, in characters.
const maxPolicyName = 128

func checkPolicy(want iamv1alpha1.PolicySpec) []kind.Invalid {
	var f findings
	f.checkName(named{"a policy", "policyName", maxPolicyName}, want.Name)
	f.checkPath(want.Path)
	f.checkDescription(want.Description)
	f.checkDocument(documentPath, checkDocument(aws.ToString(want.PolicyDocument), maxDocument))
	return f.All
}
