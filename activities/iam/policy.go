package iam

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/holders"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/late"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

const (
	createPolicy        kind.Verb[awsiam.CreatePolicyInput]        = "Create"
	deletePolicy        kind.Verb[awsiam.DeletePolicyInput]        = "Delete"
	createPolicyVersion kind.Verb[awsiam.CreatePolicyVersionInput] = "CreateVersion"
	deletePolicyVersion kind.Verb[awsiam.DeletePolicyVersionInput] = "DeleteVersion"
	tagPolicy           kind.Verb[awsiam.TagPolicyInput]           = "Tag"
	untagPolicy         kind.Verb[awsiam.UntagPolicyInput]         = "Untag"
)

// maxVersions is how many versions of a policy AWS keeps.
const maxVersions = 5

// policy is a managed policy as AWS shows it. Its id is its ARN.
type policy struct {
	types.Policy
	document string                // of the default version
	versions []types.PolicyVersion // read where one must go
	users    []string              // what prevents its deletion
}

// Policy manages a policy whose default version is the spec's document.
func Policy() kind.Kind {
	return kind.Definition[*awsiam.Client, iamv1alpha1.PolicySpec, policy]{
		Kind:   "iam.Policy",
		Client: newClient,
		Tags:   func(want iamv1alpha1.PolicySpec) []tagging.Tag { return wantedTags(want.Tags) },
		Check:  checkPolicy,
		Find:   findPolicy,
		Facts: func(got *policy) kind.Facts {
			arn := aws.ToString(got.Arn)
			return kind.Facts{ID: arn, ARN: arn, Tags: tagMap(got.Tags), Held: holders.Wait(arn, got.users)}
		},
		Create:     planPolicyCreate,
		Plan:       planPolicy,
		Unplan:     unplanPolicy,
		Untag:      planPolicyUntag,
		Status:     policyStatus,
		Late:       late.Fields[policy]{"path": func(got *policy) any { return got.Path }},
		TagRules:   tagRules,
		NaturalKey: true, // the name, in its account
		Calls: []kind.Call[*awsiam.Client]{
			kind.BindCreate(createPolicy, (*awsiam.Client).CreatePolicy, func(out *awsiam.CreatePolicyOutput) (id, arn string) {
				return aws.ToString(out.Policy.Arn), aws.ToString(out.Policy.Arn)
			}),
			kind.Bind(createPolicyVersion, (*awsiam.Client).CreatePolicyVersion),
			kind.Bind(deletePolicyVersion, (*awsiam.Client).DeletePolicyVersion),
			kind.Bind(tagPolicy, (*awsiam.Client).TagPolicy),
			kind.Bind(untagPolicy, (*awsiam.Client).UntagPolicy),
			kind.BindDelete(deletePolicy, (*awsiam.Client).DeletePolicy, policyHolders, policyInUse),
		},
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
	if uses := aws.ToInt32(got.AttachmentCount) + aws.ToInt32(got.PermissionsBoundaryUsageCount); q.Deleting && uses > 0 {
		// AWS refuses the deletion only after the other versions are gone.
		got.users, err = policyHolders(ctx, client, &awsiam.DeletePolicyInput{PolicyArn: got.Arn})
		if len(got.users) == 0 {
			got.users = []string{fmt.Sprintf("%d users, groups or roles", uses)}
		}
		return got, err
	}
	if !q.Deleting {
		var version *awsiam.GetPolicyVersionOutput
		version, err = client.GetPolicyVersion(ctx, &awsiam.GetPolicyVersionInput{PolicyArn: got.Arn, VersionId: got.DefaultVersionId})
		if err != nil {
			return nil, fmt.Errorf("getting version %s of %s: %w", aws.ToString(got.DefaultVersionId), arn, err)
		}
		if got.document, err = decodeDocument(version.PolicyVersion.Document); err != nil {
			return nil, err
		}
		if sameDocument(aws.ToString(q.Want.PolicyDocument), got.document) {
			return got, nil
		}
	}
	pages := awsiam.NewListPolicyVersionsPaginator(client, &awsiam.ListPolicyVersionsInput{PolicyArn: got.Arn})
	got.versions, err = reads.All(ctx, pages, func(page *awsiam.ListPolicyVersionsOutput) []types.PolicyVersion { return page.Versions })
	if err != nil {
		return nil, fmt.Errorf("listing the versions of %s: %w", arn, err)
	}
	return got, nil
}

// policyARN returns the ARN that AWS will give a policy.
func policyARN(want iamv1alpha1.PolicySpec, t resource.Target) string {
	return arnOf(t, "policy", wantedPath(want.Path), aws.ToString(want.Name))
}

func planPolicyCreate(want iamv1alpha1.PolicySpec, m kind.Making) resource.Step {
	step := createPolicy.Step("create policy "+aws.ToString(want.Name), awsiam.CreatePolicyInput{
		PolicyName: want.Name, Path: aws.String(wantedPath(want.Path)), Description: want.Description,
		PolicyDocument: want.PolicyDocument, Tags: tagList(m.Tags),
	})
	step.Key = policyARN(want, m.Target)
	return step
}

func planPolicy(want iamv1alpha1.PolicySpec, got *policy, c kind.Case) kind.Draft {
	if got == nil {
		return kind.Draft{} // the create sets everything
	}
	steps := planTags(c, tagMap(got.Tags),
		func(tags map[string]string) resource.Step {
			return tagPolicy.Step("tag "+tagging.Describe(tags), awsiam.TagPolicyInput{PolicyArn: got.Arn, Tags: tagList(tags)})
		},
		func(keys []string) resource.Step { return planPolicyUntag(*got.Arn, keys) })
	if !sameDocument(aws.ToString(want.PolicyDocument), got.document) {
		steps = append(steps, planPolicyVersion(want, got)...)
	}
	return kind.Draft{Steps: steps, Notes: policyNotes(want, got)}
}

const documentPath = "spec.policyDocument"

// planPolicyVersion makes the spec's document the default version. Where AWS keeps no more
// versions, it replaces the oldest other one.
func planPolicyVersion(want iamv1alpha1.PolicySpec, got *policy) []resource.Step {
	var steps []resource.Step
	if old := otherVersions(got); len(got.versions) >= maxVersions && len(old) > 0 {
		steps = append(steps, planVersionDelete(got, old[0]))
		steps[0].Path = documentPath
	}
	step := createPolicyVersion.Step("make the spec's document the default version", awsiam.CreatePolicyVersionInput{
		PolicyArn: got.Arn, PolicyDocument: want.PolicyDocument, SetAsDefault: true,
	})
	step.Stage, step.Path = 1, documentPath
	step.Once = true // a repeat creates another version
	return append(steps, step)
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

func policyNotes(want iamv1alpha1.PolicySpec, got *policy) []string {
	notes := nameNotes(want.Name, want.Path, got.PolicyName, got.Path)
	if is := aws.ToString(got.Description); want.Description != nil && *want.Description != is {
		notes = append(notes, kind.CannotChange("spec.description", is))
	}
	return notes
}

// unplanPolicy deletes the other versions first, as AWS requires.
func unplanPolicy(got *policy) []resource.Step {
	var steps []resource.Step
	for _, v := range otherVersions(got) {
		steps = append(steps, planVersionDelete(got, v))
	}
	last := deletePolicy.Step("delete policy "+aws.ToString(got.PolicyName), awsiam.DeletePolicyInput{PolicyArn: got.Arn})
	last.Stage = 1
	return append(steps, last)
}

func planPolicyUntag(arn string, keys []string) resource.Step {
	return untagPolicy.Step("remove the tags "+strings.Join(keys, ", "), awsiam.UntagPolicyInput{PolicyArn: aws.String(arn), TagKeys: keys})
}

func policyStatus(got *policy, _ kind.Case) any {
	return iamv1alpha1.PolicyStatus{
		PolicyID: got.PolicyId, DefaultVersionID: got.DefaultVersionId, IsAttachable: aws.Bool(got.IsAttachable),
		AttachmentCount: int64p(got.AttachmentCount), PermissionsBoundaryUsageCount: int64p(got.PermissionsBoundaryUsageCount),
		CreateDate: shownTime(got.CreateDate), UpdateDate: shownTime(got.UpdateDate),
	}
}

func int64p(v *int32) *int64 {
	if v == nil {
		return nil
	}
	return aws.Int64(int64(*v))
}

func shownTime(t *time.Time) *metav1.Time {
	if t == nil {
		return nil
	}
	return &metav1.Time{Time: *t}
}

// AWS's limits, in characters.
const (
	maxPolicyName  = 128
	maxDescription = 1000
)

func checkPolicy(want iamv1alpha1.PolicySpec) []kind.Invalid {
	invalid := append(checkName(named{"a policy", "policyName", maxPolicyName}, want.Name), checkPath(want.Path)...)
	invalid = append(invalid, checkTagKeys(want.Tags)...)
	invalid = append(invalid, checkLength(want.Description)...)
	if err := checkDocument(aws.ToString(want.PolicyDocument), maxDocument); err != nil {
		invalid = append(invalid, invalidDocument(documentPath, err))
	}
	return invalid
}
