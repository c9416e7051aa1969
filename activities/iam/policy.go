package iam

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/aws/reads"
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
	createPolicy = call.Create((*awsiam.Client).CreatePolicy, func(out *awsiam.CreatePolicyOutput) (id, arn string) {
		return aws.ToString(out.Policy.Arn), aws.ToString(out.Policy.Arn)
	})
	deletePolicy        = call.Delete((*awsiam.Client).DeletePolicy).HeldBy(policyHolders, policyInUse)
	createPolicyVersion = call.To("CreateVersion", (*awsiam.Client).CreatePolicyVersion)
	deletePolicyVersion = call.To("DeleteVersion", (*awsiam.Client).DeletePolicyVersion)
)

var policyRequest = shape.Request[awsiam.CreatePolicyInput, iamv1alpha1.PolicySpec](shape.As("name", "PolicyName"))

// maxVersions is how many versions of a policy AWS keeps.
const maxVersions = 5

// policy is a managed policy as AWS shows it.
type policy struct {
	types.Policy
	id       string                // its ARN; for another's policy under our name, its unique id
	document string                // of the default version
	versions []types.PolicyVersion // read where one must go
	users    []string              // what prevents its deletion
}

// Policy manages a policy whose default version is the spec's document. Its id is its ARN.
func Policy() kind.Kind {
	return kind.Definition[*awsiam.Client, iamv1alpha1.PolicySpec, policy]{
		Kind:   "iam.Policy",
		Client: newClient,
		Tagged: call.BindTags(
			(*awsiam.Client).TagPolicy, func(id string, tags map[string]string) awsiam.TagPolicyInput {
				return awsiam.TagPolicyInput{PolicyArn: aws.String(id), Tags: tagList(tags)}
			},
			(*awsiam.Client).UntagPolicy, func(id string, keys []string) awsiam.UntagPolicyInput {
				return awsiam.UntagPolicyInput{PolicyArn: aws.String(id), TagKeys: keys}
			}, tagRules),
		Check: checkPolicy,
		Find:  findPolicy,
		Facts: func(got *policy) kind.Facts {
			return kind.Facts{ID: got.id, ARN: aws.ToString(got.Arn), Tags: tagMap(got.Tags), Held: holders.Wait(got.id, got.users)}
		},
		Create:     planPolicyCreate,
		Plan:       planPolicy,
		Unplan:     unplanPolicy,
		Status:     shape.Shown[iamv1alpha1.PolicyStatus, policy](),
		Fixed:      fixed.Of[iamv1alpha1.PolicySpec, policy]("description"),
		Late:       late.Of[policy]("path"),
		NaturalKey: true, // the name, in its account
		Calls:      call.All(createPolicy, createPolicyVersion, deletePolicyVersion, deletePolicy),
	}
}

// findPolicy reads the policy by its ARN, which follows from account, path and name: no search is
// needed when it is not recorded.
func findPolicy(ctx context.Context, client *awsiam.Client, q kind.Query[iamv1alpha1.PolicySpec]) (*policy, error) {
	if q.ID != "" && !isARN(q.ID, "policy", q.Target) {
		return nil, nil
	}
	arn := cmp.Or(q.ID, q.Key, policyARN(q.Want, q.Target))
	out, err := client.GetPolicy(ctx, &awsiam.GetPolicyInput{PolicyArn: aws.String(arn)})
	if err != nil {
		return nil, reads.UnlessAbsent(fmt.Errorf("getting %s: %w", arn, err))
	}
	got := &policy{Policy: *out.Policy}
	var theirs bool
	got.id, theirs = idOf(q, holder{aws.ToString(got.Arn), aws.ToString(got.PolicyId), tagMap(got.Tags)}, "policyID")
	switch {
	case got.id == "":
		return nil, nil
	case theirs:
		return got, nil
	case q.Deleting && q.Retain:
		return got, got.readVersions(ctx, client)
	case q.Deleting:
		return got, got.readUsers(ctx, client)
	}
	return got, got.readDocument(ctx, client, aws.ToString(q.Want.PolicyDocument))
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
	if p.document, err = decodeDocument(version.PolicyVersion.Document); err != nil || sameDocument(want, p.document) {
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

// policyARN returns the ARN that AWS will give a policy.
func policyARN(want iamv1alpha1.PolicySpec, t resource.Target) string {
	return arnOf(t, "policy", wantedPath(want.Path), aws.ToString(want.Name))
}

func planPolicyCreate(want iamv1alpha1.PolicySpec, m kind.Making) resource.Step {
	in := policyRequest(want)
	in.Path, in.Tags = aws.String(wantedPath(want.Path)), tagList(m.Tags)
	step := createPolicy.Step("create policy "+aws.ToString(want.Name), in)
	step.Key = policyARN(want, m.Target)
	return step
}

func planPolicy(want iamv1alpha1.PolicySpec, got *policy, _ kind.Case) (draft kind.Draft) {
	if got == nil {
		return draft // the create sets everything
	}
	if !sameDocument(aws.ToString(want.PolicyDocument), got.document) {
		draft.Steps = planPolicyVersion(want, got)
	}
	draft.Notes = nameNotes(want.Name, want.Path, got.PolicyName, got.Path)
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
	last := deletePolicy.Step("delete policy "+aws.ToString(got.PolicyName), awsiam.DeletePolicyInput{PolicyArn: got.Arn})
	return append(removals, steps.At(1, last)...)
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
