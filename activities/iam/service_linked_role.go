package iam

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	createLinked = call.Create((*awsiam.Client).CreateServiceLinkedRole, func(out *awsiam.CreateServiceLinkedRoleOutput) (id, arn string) {
		return aws.ToString(out.Role.RoleName), aws.ToString(out.Role.Arn)
	})
	updateLinked = call.To("Update", (*awsiam.Client).UpdateRole)
	deleteLinked = call.Delete(deleteLinkedRole)
	tagsOfLinked = taggedBy("RoleName", (*awsiam.Client).TagRole, (*awsiam.Client).UntagRole, roleTagRules)
)

var linkedRequest = shape.Request[awsiam.CreateServiceLinkedRoleInput, iamv1alpha1.ServiceLinkedRoleSpec]()

// linkedRole is a service-linked role as AWS shows it.
type linkedRole struct {
	types.Role
	Identity
	key  string // of the create that may have made it
	task *awsiam.GetServiceLinkedRoleDeletionStatusOutput
}

// ServiceLinkedRole manages a role that an AWS service defines. The service determines its name, which
// is its id. The create takes no tags, so the next step sets them.
func ServiceLinkedRole() kind.Kind {
	return kind.Definition[*awsiam.Client, iamv1alpha1.ServiceLinkedRoleSpec, linkedRole]{
		Kind:       "iam.ServiceLinkedRole",
		Client:     newClient,
		Tagged:     tagsOfLinked,
		Check:      checkLinked,
		Find:       findLinked,
		Facts:      linkedFacts,
		Create:     planLinkedCreate,
		Plan:       planLinked,
		Unplan:     unplanLinked,
		Status:     shape.Shown[iamv1alpha1.ServiceLinkedRoleStatus, linkedRole](),
		Spec:       describeLinked,
		Unique:     []string{"awsServiceName", "customSuffix"},
		NaturalKey: true, // the service and the suffix, in its account
		Named:      namedLinked,
		Calls:      call.All(createLinked, updateLinked, deleteLinked),
	}
}

// deleteLinkedRole starts AWS's task, and waits a moment for its end. AWS often knows within seconds
// that something uses the role. That is a refusal as of any other delete.
var deleteLinkedRole operation[awsiam.DeleteServiceLinkedRoleInput, awsiam.DeleteServiceLinkedRoleOutput] = func(
	client *awsiam.Client, ctx context.Context, in *awsiam.DeleteServiceLinkedRoleInput, options ...func(*awsiam.Options),
) (*awsiam.DeleteServiceLinkedRoleOutput, error) {
	out, err := client.DeleteServiceLinkedRole(ctx, in, options...)
	for looks := 0; err == nil && looks < 4; looks++ {
		select {
		case <-ctx.Done():
			return out, nil
		case <-time.After(time.Second):
		}
		task, unread := client.GetServiceLinkedRoleDeletionStatus(ctx, &awsiam.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: out.DeletionTaskId})
		switch {
		case unread != nil:
			return out, nil // AWS accepted the delete: the next look reads its task
		case task.Status == types.DeletionTaskStatusTypeFailed:
			return nil, &smithy.GenericAPIError{Code: "DeleteConflict", Message: failedDeletion(aws.ToString(in.RoleName), task)}
		case task.Status == types.DeletionTaskStatusTypeSucceeded:
			return out, nil
		}
	}
	return out, err
}

// linkedFacts judges a role without an owner tag by its id and its date: our create may just have made
// it.
func linkedFacts(got *linkedRole) kind.Facts {
	f := kind.Facts{ID: got.id, ARN: aws.ToString(got.Arn), Key: got.key, Tags: tagMap(got.Tags), Made: aws.ToTime(got.CreateDate), Empty: true}
	f.Tagless, f.TagsFollow = resource.OwnershipOf(f.Tags).Owner == "", true
	if got.task == nil {
		return f
	}
	switch got.task.Status {
	case types.DeletionTaskStatusTypeSucceeded:
		f.Gone = true
	case types.DeletionTaskStatusTypeFailed:
		f.Held = &resource.Wait{Reason: resource.ReasonInUse, Message: failedDeletion(got.id, got.task)}
	default:
		f.Pending = kind.Pending("AWS is deleting role %s", got.id)
	}
	return f
}

// failedDeletion says why AWS did not delete the role, and what uses it.
func failedDeletion(role string, task *awsiam.GetServiceLinkedRoleDeletionStatusOutput) string {
	message := "AWS did not delete role " + role
	if task.Reason == nil {
		return message
	}
	message += ": " + aws.ToString(task.Reason.Reason)
	var users []string
	for _, use := range task.Reason.RoleUsageList {
		users = append(users, fmt.Sprintf("%s (%s)", strings.Join(use.Resources, ", "), aws.ToString(use.Region)))
	}
	if len(users) > 0 {
		message = strings.TrimRight(message, ". ") + ". It is used by " + strings.Join(users, ", ")
	}
	return message
}

// linkedPath is the path of all roles that are linked to a service.
func linkedPath(service *string) string { return "/aws-service-role/" + aws.ToString(service) + "/" }

// findLinked reads the recorded role. Before, it searches for a role with the owner's tag, and then for
// the one that an unclear create may have made. In a deletion, it also reads how far AWS is.
func findLinked(ctx context.Context, client *awsiam.Client, q kind.Query[iamv1alpha1.ServiceLinkedRoleSpec]) (*linkedRole, error) {
	if q.ID == "" {
		return searchLinked(ctx, client, q)
	}
	if !goodName.MatchString(q.ID) {
		return nil, nil // a claim may be edited, and AWS refuses the question
	}
	found, err := roles.get(ctx, client, &q.ID)
	if err != nil {
		return nil, reads.UnlessAbsent(fmt.Errorf("getting role %s: %w", q.ID, err))
	}
	if !strings.HasPrefix(aws.ToString(found.Path), "/aws-service-role/") {
		return nil, nil // an edited claim names an ordinary role
	}
	id, theirs := idOf(q, holder{arn: q.ID, unique: aws.ToString(found.RoleId), tags: tagMap(found.Tags)}, "roleID")
	if id == "" {
		return nil, nil
	}
	got := &linkedRole{Role: *found, Identity: Identity{id}}
	if task := taskOf(q.Done); task != "" && !theirs {
		if got.task, err = client.GetServiceLinkedRoleDeletionStatus(ctx, &awsiam.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: &task}); err != nil {
			return nil, fmt.Errorf("reading the deletion of role %s: %w", q.ID, err)
		}
	}
	return got, nil
}

// searchLinked reads the roles of the service. An unclear create made the one with its suffix. Without
// a suffix that has the shortest name, because a suffix follows the name.
func searchLinked(ctx context.Context, client *awsiam.Client, q kind.Query[iamv1alpha1.ServiceLinkedRoleSpec]) (mayBe *linkedRole, err error) {
	listed, err := rolesOf(ctx, client, q.Want.AWSServiceName)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(listed, func(a, b types.Role) int { return cmp.Compare(len(*a.RoleName), len(*b.RoleName)) })
	for _, one := range listed {
		if suffix := aws.ToString(q.Want.CustomSuffix); suffix != "" && !strings.HasSuffix(*one.RoleName, "_"+suffix) {
			continue
		}
		found, err := roles.get(ctx, client, one.RoleName) // the list has no tags
		if err != nil {
			return nil, fmt.Errorf("getting role %s: %w", *one.RoleName, err)
		}
		got := &linkedRole{Role: *found, Identity: Identity{*one.RoleName}, key: q.Key}
		switch owner := resource.OwnershipOf(tagMap(found.Tags)).Owner; {
		case owner == q.Owner.Tag():
			return got, nil
		case owner == "" && mayBe == nil && q.Key != "":
			mayBe = got
		}
	}
	return mayBe, nil
}

func rolesOf(ctx context.Context, client *awsiam.Client, service *string) ([]types.Role, error) {
	pages := awsiam.NewListRolesPaginator(client, &awsiam.ListRolesInput{PathPrefix: aws.String(linkedPath(service))})
	listed, err := reads.All(ctx, pages, func(page *awsiam.ListRolesOutput) []types.Role { return page.Roles })
	if err != nil {
		return nil, fmt.Errorf("listing the roles of %s: %w", aws.ToString(service), err)
	}
	return listed, nil
}

// namedLinked reads the name of the role of the service with the suffix.
func namedLinked(ctx context.Context, client *awsiam.Client, want iamv1alpha1.ServiceLinkedRoleSpec) (names []string, err error) {
	listed, err := rolesOf(ctx, client, want.AWSServiceName)
	for _, one := range listed {
		if name := aws.ToString(one.RoleName); suffixOf(name) == aws.ToString(want.CustomSuffix) {
			names = append(names, name)
		}
	}
	return names, err
}

// suffixOf returns the suffix that follows the name of a service-linked role. In the names for Application
// Auto Scaling, an underscore precedes the service that is scaled.
// https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html
func suffixOf(name string) string {
	name = strings.TrimPrefix(name, "AWSServiceRoleForApplicationAutoScaling_")
	_, suffix, _ := strings.Cut(name, "_")
	return suffix
}

// taskOf returns the task of the last delete in this pass. AWS returns the same task again while it is
// at work.
func taskOf(calls []resource.Done) (task string) {
	for _, done := range calls {
		var answer awsiam.DeleteServiceLinkedRoleOutput
		if done.Verb == resource.VerbDelete && json.Unmarshal(done.Output, &answer) == nil {
			task = aws.ToString(answer.DeletionTaskId)
		}
	}
	return task
}

func planLinkedCreate(want iamv1alpha1.ServiceLinkedRoleSpec, m kind.Making) resource.Step {
	step := createLinked.Step("create the service-linked role of "+aws.ToString(want.AWSServiceName), linkedRequest(want))
	step.Key = arnOf(m.Target, "role", linkedPath(want.AWSServiceName), aws.ToString(want.CustomSuffix))
	return step
}

func planLinked(want iamv1alpha1.ServiceLinkedRoleSpec, got *linkedRole, c kind.Case) (draft kind.Draft) {
	if got == nil { // the create cannot set tags
		return kind.Draft{Steps: tagsOfLinked.Plan(c.ID, c.Tags, nil, roleTagRules.With(c.Defaults), c.Done)}
	}
	if want.Description != nil && *want.Description != aws.ToString(got.Description) {
		// AWS lets nobody edit more than the description of such a role.
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
		step := updateLinked.Step(fmt.Sprintf("set the description %q", *want.Description),
			awsiam.UpdateRoleInput{RoleName: got.RoleName, Description: want.Description})
		draft.Steps = append(draft.Steps, steps.For(0, "spec.description", step))
	}
	if path := linkedPath(want.AWSServiceName); path != aws.ToString(got.Path) {
		draft.Notes = append(draft.Notes, fixed.Note("spec.awsServiceName", strings.Trim(strings.TrimPrefix(aws.ToString(got.Path), "/aws-service-role"), "/")))
	}
	if suffix := aws.ToString(want.CustomSuffix); suffix != "" && !strings.HasSuffix(aws.ToString(got.RoleName), "_"+suffix) {
		draft.Notes = append(draft.Notes, fixed.Note("spec.customSuffix", got.id))
	}
	return draft
}

func unplanLinked(got *linkedRole) []resource.Step {
	return []resource.Step{deleteLinked.Step("delete role "+got.id, awsiam.DeleteServiceLinkedRoleInput{RoleName: got.RoleName})}
}

// IAM's limits, in characters.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html
const (
	maxService = 128
	maxSuffix  = 64
)

func checkLinked(want iamv1alpha1.ServiceLinkedRoleSpec) []kind.Invalid {
	var f findings
	limited := func(path, field string, value *string, most int) {
		switch text := aws.ToString(value); {
		case text == "" || !goodName.MatchString(text):
			f.Add(path, unmet(field, text, namePattern), "%q has characters other than letters, digits and _+=,.@-, or none", text)
		case len(text) > most:
			f.Add(path, unmet(field, text, atMost(most)), "has %d characters, AWS allows %d", len(text), most)
		}
	}
	if want.AWSServiceName == nil {
		f.Add("spec.awsServiceName", null("aWSServiceName"), "a service-linked role needs a service")
	} else {
		limited("spec.awsServiceName", "aWSServiceName", want.AWSServiceName, maxService)
	}
	if want.CustomSuffix != nil {
		limited("spec.customSuffix", "customSuffix", want.CustomSuffix, maxSuffix)
	}
	f.checkRoleDescription(want.Description)
	return f.All
}
