package iam

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/holders"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Stages of the deletion of a user. AWS deletes no virtual device that a user still has, and no user
// that still has anything.
const (
	stageRemove = iota
	stageDevices
	stageDelete
)

// belonging is what a user has, by AWS's id.
type belonging struct {
	of *belongingType
	id string
}

// belongingType is a type of things that a user has and that prevent its deletion.
type belongingType struct {
	what   string // in words: "access key"
	remove grant
	field  string // names the thing in the request; empty: a user has one at most
	list   func(ctx context.Context, client *awsiam.Client, user *string) ([]string, error)
}

// belongingTypes are all types that AWS requires to be removed.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html
var belongingTypes = []belongingType{
	{"access key", grants("DeleteAccessKey", "UserName", (*awsiam.Client).DeleteAccessKey), "AccessKeyId", accessKeys},
	{"login profile", grants("DeleteLoginProfile", "UserName", (*awsiam.Client).DeleteLoginProfile), "", loginProfile},
	{"MFA device", grants("DeactivateMFADevice", "UserName", (*awsiam.Client).DeactivateMFADevice), "SerialNumber", mfaDevices},
	{"signing certificate", grants("DeleteSigningCertificate", "UserName", (*awsiam.Client).DeleteSigningCertificate), "CertificateId", certificates},
	{"SSH key", grants("DeleteSSHPublicKey", "UserName", (*awsiam.Client).DeleteSSHPublicKey), "SSHPublicKeyId", sshKeys},
	{"credential", grants("DeleteServiceCredential", "UserName", (*awsiam.Client).DeleteServiceSpecificCredential), "ServiceSpecificCredentialId", serviceCredentials},
	{"membership in group", grants("RemoveFromGroup", "UserName", (*awsiam.Client).RemoveUserFromGroup), "GroupName", groupsOf},
}

// deleteDevice deletes a virtual device. AWS forgets other devices when they are deactivated.
var deleteDevice = grants("DeleteVirtualMFADevice", "SerialNumber", (*awsiam.Client).DeleteVirtualMFADevice)

func belongingCalls() []call.Call[*awsiam.Client] {
	bound := []call.Bound[*awsiam.Client]{deleteDevice.bound}
	for _, t := range belongingTypes {
		bound = append(bound, t.remove.bound)
	}
	return call.All(bound...)
}

func (b belonging) String() string { return strings.TrimSpace(b.of.what + " " + b.id) }

// readBelongings reads all that a user has.
func readBelongings(ctx context.Context, client *awsiam.Client, user *string) (all []belonging, err error) {
	for i, t := range belongingTypes {
		ids, err := t.list(ctx, client, user)
		if err != nil {
			return nil, fmt.Errorf("reading each %s of user %s: %w", t.what, aws.ToString(user), err)
		}
		for _, id := range ids {
			all = append(all, belonging{&belongingTypes[i], id})
		}
	}
	return all, nil
}

func inWords(all []belonging) (words []string) {
	for _, b := range all {
		words = append(words, b.String())
	}
	return words
}

// heldBy is what the deletion of a user waits for.
func (u *user) heldBy() *resource.Wait {
	if u.force {
		return nil
	}
	wait := holders.Wait("user "+aws.ToString(u.UserName), inWords(u.belongs))
	if wait != nil {
		wait.Message += ". To remove all of it, set the annotation " + corev1alpha1.AnnotationForceDestroy + `: "true"`
	}
	return wait
}

// unplanBelongings removes all that a user has.
func unplanBelongings(user *string, all []belonging) (removals []resource.Step) {
	for _, b := range all {
		var named []part
		if b.of.field != "" {
			named = []part{{b.of.field, &b.id}}
		}
		removals = append(removals, steps.At(stageRemove, b.of.remove.step("remove "+b.String(), user, named...))...)
		if b.of.field == "SerialNumber" && strings.Contains(b.id, ":mfa/") {
			removals = append(removals, steps.At(stageDevices, deleteDevice.step("delete virtual MFA device "+nameIn(b.id), &b.id))...)
		}
	}
	return removals
}

// userInUse is IAM's answer to the delete of a user that has anything. AWS names one type only.
func userInUse(*awsiam.DeleteUserInput) (code, message string) {
	return "DeleteConflict", "Cannot delete entity, must remove its subordinate entities first."
}

func userHolders(ctx context.Context, client *awsiam.Client, in *awsiam.DeleteUserInput) ([]string, error) {
	all, err := readBelongings(ctx, client, in.UserName)
	return inWords(all), err
}

func accessKeys(ctx context.Context, client *awsiam.Client, user *string) ([]string, error) {
	pages := awsiam.NewListAccessKeysPaginator(client, &awsiam.ListAccessKeysInput{UserName: user})
	return ids(ctx, pages, func(page *awsiam.ListAccessKeysOutput) []types.AccessKeyMetadata { return page.AccessKeyMetadata }, "AccessKeyId")
}

func mfaDevices(ctx context.Context, client *awsiam.Client, user *string) ([]string, error) {
	pages := awsiam.NewListMFADevicesPaginator(client, &awsiam.ListMFADevicesInput{UserName: user})
	return ids(ctx, pages, func(page *awsiam.ListMFADevicesOutput) []types.MFADevice { return page.MFADevices }, "SerialNumber")
}

func certificates(ctx context.Context, client *awsiam.Client, user *string) ([]string, error) {
	pages := awsiam.NewListSigningCertificatesPaginator(client, &awsiam.ListSigningCertificatesInput{UserName: user})
	return ids(ctx, pages, func(page *awsiam.ListSigningCertificatesOutput) []types.SigningCertificate { return page.Certificates }, "CertificateId")
}

func sshKeys(ctx context.Context, client *awsiam.Client, user *string) ([]string, error) {
	pages := awsiam.NewListSSHPublicKeysPaginator(client, &awsiam.ListSSHPublicKeysInput{UserName: user})
	return ids(ctx, pages, func(page *awsiam.ListSSHPublicKeysOutput) []types.SSHPublicKeyMetadata { return page.SSHPublicKeys }, "SSHPublicKeyId")
}

func groupsOf(ctx context.Context, client *awsiam.Client, user *string) ([]string, error) {
	pages := awsiam.NewListGroupsForUserPaginator(client, &awsiam.ListGroupsForUserInput{UserName: user})
	return ids(ctx, pages, func(page *awsiam.ListGroupsForUserOutput) []types.Group { return page.Groups }, "GroupName")
}

func serviceCredentials(ctx context.Context, client *awsiam.Client, user *string) ([]string, error) {
	pages := &credentialPages{list: client.ListServiceSpecificCredentials, in: awsiam.ListServiceSpecificCredentialsInput{UserName: user}}
	return ids(ctx, pages, func(page *awsiam.ListServiceSpecificCredentialsOutput) []types.ServiceSpecificCredentialMetadata {
		return page.ServiceSpecificCredentials
	}, "ServiceSpecificCredentialId")
}

// credentialPages is the paginator that the SDK lacks.
type credentialPages struct {
	list func(context.Context, *awsiam.ListServiceSpecificCredentialsInput, ...func(*awsiam.Options)) (*awsiam.ListServiceSpecificCredentialsOutput, error)
	in   awsiam.ListServiceSpecificCredentialsInput
	last bool
}

func (p *credentialPages) HasMorePages() bool { return !p.last }

func (p *credentialPages) NextPage(ctx context.Context, options ...func(*awsiam.Options)) (*awsiam.ListServiceSpecificCredentialsOutput, error) {
	out, err := p.list(ctx, &p.in, options...)
	if err == nil {
		p.in.Marker, p.last = out.Marker, !out.IsTruncated
	}
	return out, err
}

// loginProfile returns one id, which is empty, if the user has a password.
func loginProfile(ctx context.Context, client *awsiam.Client, user *string) ([]string, error) {
	out, err := client.GetLoginProfile(ctx, &awsiam.GetLoginProfileInput{UserName: user})
	switch missing, _ := reads.Missing(err); {
	case missing:
		return nil, nil
	case err != nil:
		return nil, err
	case out.LoginProfile == nil:
		return nil, reads.ErrIncomplete
	}
	return []string{""}, nil
}

// ids reads a list to its last page, and returns a field of each item.
func ids[O, T any](ctx context.Context, pages reads.Pages[O, awsiam.Options], of func(*O) []T, field string) (ids []string, err error) {
	all, err := reads.All(ctx, pages, of)
	for _, one := range all {
		ids = append(ids, aws.ToString(shape.Text(one, field)))
	}
	return ids, err
}
