package kube

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// place finds account, Region and role of an object, or why there is none. There
// is no fallback: what is not found, not readable or not mapped is waited for.
func place(ctx context.Context, r Reader, s Settings, l *resource.Level, u, ns *unstructured.Unstructured) error {
	account, region, wait := asked(s, u, ns)
	claim := l.Object.Claim
	if !claim.Nothing() {
		// A claim binds the object to where its request went.
		at := claim.Target
		moved := account != "" && account != at.AccountID || region != "" && region != at.Region
		if moved && !l.Object.Deleting {
			l.Moved = claim.Open()
			if claim.Recorded() {
				l.Problem = movedProblem(claim, account, region)
			}
		}
		account, region, wait = at.AccountID, at.Region, nil
	}
	l.Asked = resource.Target{AccountID: account, Region: region}
	if wait == nil {
		var role string
		var err error
		if role, wait, err = roleOf(ctx, r, s, account); err != nil {
			return err
		}
		l.Target = resource.Target{Partition: partitionOf(role), AccountID: account, Region: region, RoleARN: role}
	}
	if wait != nil {
		l.Wait = wait
		l.Target = resource.Target{}
	}
	return nil
}

// asked is the account and Region that the inputs name.
func asked(s Settings, u, ns *unstructured.Unstructured) (account, region string, wait *resource.Wait) {
	if ns == nil {
		return "", "", &resource.Wait{Reason: "NamespaceNotFound", Message: fmt.Sprintf("namespace %s is not there (yet)", u.GetNamespace())}
	}
	region = s.DefaultRegion
	if v := ns.GetAnnotations()[corev1alpha1.AnnotationDefaultRegion]; v != "" {
		region = v
	}
	if v := u.GetAnnotations()[corev1alpha1.AnnotationRegion]; v != "" {
		region = v
	}
	account = s.DefaultAccount
	if v, ok := ns.GetAnnotations()[corev1alpha1.AnnotationOwnerAccountID]; ok {
		account = v
	}
	switch {
	case account == "":
		wait = &resource.Wait{Reason: "AccountUnknown", Message: fmt.Sprintf(
			"namespace %s names no account: annotate it with %s, or start the bridge with --default-account-id", ns.GetName(), corev1alpha1.AnnotationOwnerAccountID)}
	case !isAccount(account):
		wait = &resource.Wait{Reason: "AccountMalformed", Message: fmt.Sprintf(
			"namespace %s: annotation %s: %q is no account id (twelve digits)", ns.GetName(), corev1alpha1.AnnotationOwnerAccountID, account)}
	case region == "":
		wait = &resource.Wait{Reason: "RegionUnknown", Message: fmt.Sprintf(
			"no Region: annotate the object with %s, its namespace with %s, or start the bridge with --aws-region", corev1alpha1.AnnotationRegion, corev1alpha1.AnnotationDefaultRegion)}
	}
	return account, region, wait
}

// roleOf looks up the role of an account in the role map.
func roleOf(ctx context.Context, r Reader, s Settings, account string) (role string, wait *resource.Wait, err error) {
	where := s.SystemNamespace + "/" + corev1alpha1.ConfigMapRoleAccountMap
	m, err := r.Get(ctx, ConfigMaps, s.SystemNamespace, corev1alpha1.ConfigMapRoleAccountMap)
	if apierrors.IsNotFound(err) {
		return "", &resource.Wait{Reason: "RoleMapNotFound", Message: fmt.Sprintf("ConfigMap %s is not there (yet): it maps account %s to its role", where, account)}, nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("reading ConfigMap %s: %w", where, err)
	}
	role, mapped, _ := unstructured.NestedString(m.Object, "data", account)
	arn := strings.SplitN(role, ":", 6)
	switch {
	case !mapped:
		wait = &resource.Wait{Reason: "RoleNotMapped", Message: fmt.Sprintf("account %s is not in ConfigMap %s: add an entry with the ARN of its role", account, where)}
	case role == "":
		wait = &resource.Wait{Reason: "RoleEmpty", Message: fmt.Sprintf("ConfigMap %s: the entry of account %s is empty", where, account)}
	case len(arn) != 6 || arn[0] != "arn" || arn[2] != "iam" || !strings.HasPrefix(arn[5], "role/"):
		wait = &resource.Wait{Reason: "RoleMalformed", Message: fmt.Sprintf("ConfigMap %s: the entry of account %s, %q, is not the ARN of a role", where, account, role)}
	case arn[4] != account:
		wait = &resource.Wait{Reason: "RoleOfAnotherAccount", Message: fmt.Sprintf("ConfigMap %s: the entry of account %s names a role of account %s", where, account, arn[4])}
	}
	return role, wait, nil
}

func movedProblem(claim *resource.Claim, account, region string) *resource.Problem {
	at := claim.Target
	if account == at.AccountID {
		return &resource.Problem{State: resource.Blocked, Reason: "RegionChanged", Message: fmt.Sprintf(
			"%s is in Region %s, the inputs now name %s: nothing is touched. Put the Region back, or delete the object, which works in %s", claim.ID, at.Region, region, at.Region)}
	}
	return &resource.Problem{State: resource.Blocked, Reason: "AccountChanged", Message: fmt.Sprintf(
		"%s is in account %s, the namespace now names %s: nothing is touched. Put the annotation back, or delete the object, which works in account %s", claim.ID, at.AccountID, account, at.AccountID)}
}

// partitionOf is the partition of an ARN: "aws" of "arn:aws:iam::…".
func partitionOf(arn string) string {
	parts := strings.SplitN(arn, ":", 3)
	if len(parts) < 3 {
		return ""
	}
	return parts[1]
}

func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}
