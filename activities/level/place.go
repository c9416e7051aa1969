package level

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// finder finds account, Region and role of one object, and keeps a description of the inputs that
// gave them.
type finder struct {
	r     kubeapi.Reader
	s     Settings
	kind  apis.Kind
	u, ns *unstructured.Unstructured // ns is nil if there is none, or none that Tack may read
	chain []string
	// selected describes the selector that gave the role.
	selected string
}

// identity is the identity that the inputs name.
type identity struct {
	account, role string
	wait          *resource.Wait // why there is no such account, or no role in it
	// direct is true when role and account come from one input, a selector or a team: without that
	// input, neither is known.
	direct bool
	// other is the account in the namespace's annotation, if it differs from the account of the
	// selector's or the team's role.
	other string
}

func waitFor(reason, format string, args ...any) *resource.Wait {
	return &resource.Wait{Reason: reason, Message: fmt.Sprintf(format, args...)}
}

func (f *finder) note(format string, args ...any) {
	f.chain = append(f.chain, fmt.Sprintf(format, args...))
}

// place finds account, Region and role of an object, or the reason why there is none. There is no
// fallback: the object waits for an input that is missing, not readable or not mapped.
func place(ctx context.Context, r kubeapi.Reader, s Settings, kind apis.Kind, l *resource.Level, u *unstructured.Unstructured) error {
	f := &finder{r: r, s: s, kind: kind, u: u}
	wait, err := f.readNamespace(ctx)
	if err != nil {
		return err
	}
	l.Object.Retain, l.Object.Force = retain(u, f.ns, s, kind), forces(u)
	var at resource.Target
	if wait == nil {
		at, wait, err = f.place(ctx, l)
	}
	if err != nil {
		return err
	}
	l.Asked = resource.Target{AccountID: at.AccountID, Region: at.Region}
	if wait == nil {
		l.Target = at
	} else {
		l.Wait = wait
		f.note("missing: %s: %s", wait.Reason, wait.Message)
	}
	if f.ns != nil {
		if rejected := rejectedFor(l.Object, notHonoredOfNamespace(u, f.ns, kind)); rejected != nil {
			l.Problem, l.Relocating = rejected, false
		}
		pauseIn(f.ns, l)
	}
	approvalsIn(f.ns, u, l, s)
	l.Chain, l.Selected = f.chain, f.selected
	return nil
}

// readNamespace reads the object's namespace, or returns a wait if it cannot be used.
func (f *finder) readNamespace(ctx context.Context) (*resource.Wait, error) {
	name := f.u.GetNamespace()
	ns, err := f.r.Get(ctx, kubeapi.Namespaces, "", name)
	switch {
	case err == nil:
		f.ns = ns
		return nil, nil
	case apierrors.IsNotFound(err):
		return waitFor(resource.ReasonNamespaceNotFound, "namespace %s does not exist yet: create it", name), nil
	case isForbidden(err):
		return notReadable(resource.ReasonNamespaceNotReadable, "namespace "+name), nil
	}
	return nil, fmt.Errorf("reading namespace %s: %w", name, err)
}

func (f *finder) place(ctx context.Context, l *resource.Level) (at resource.Target, wait *resource.Wait, err error) {
	named, err := f.identity(ctx)
	if err != nil {
		return at, nil, err
	}
	region := f.region()
	if claim := l.Object.Claim; !claim.Nothing() {
		// A claim binds the object to the place of its request.
		f.note("recorded: %s in account %s, Region %s", claim.ID, claim.Target.AccountID, claim.Target.Region)
		f.bind(l, named, region)
		at.AccountID, at.Region = claim.Target.AccountID, claim.Target.Region
		if wait = f.unconfirmed(claim, named, region); wait == nil {
			at.RoleARN, wait, err = f.roleThere(ctx, l, named)
		}
	} else {
		at.AccountID, at.Region = named.account, region.name
		at.RoleARN, wait = named.role, named.wait
		if wait == nil {
			wait = region.malformed()
		}
		if wait == nil && at.RoleARN == "" {
			at.RoleARN, wait, err = f.mappedRole(ctx, at.AccountID)
		}
	}
	if wait != nil || err != nil {
		return at, wait, err
	}
	at.Partition = partitionOf(at.RoleARN)
	at.Endpoint, wait = f.endpoint()
	return at, wait, nil
}

// identity returns the account that the inputs name, and its role if they name that too. The wait
// says why they name none.
func (f *finder) identity(ctx context.Context) (identity, error) {
	selectors, err := f.selectors(ctx)
	if isForbidden(err) {
		// It is unknown whether a selector matches, so no other input may decide.
		return identity{direct: true, wait: notReadable(resource.ReasonSelectorsNotReadable, "the list of IAMRoleSelectors")}, nil
	}
	if err != nil {
		return identity{}, err
	}
	annotations := f.ns.GetAnnotations()
	account, annotated := annotations[corev1alpha1.AnnotationOwnerAccountID]
	if annotated {
		f.note("account %s: annotation %s of namespace %s", account, corev1alpha1.AnnotationOwnerAccountID, f.ns.GetName())
	}
	var named identity
	switch team, inTeam := annotations[corev1alpha1.AnnotationTeamID]; {
	case len(selectors) > 0:
		named = f.bySelector(selectors)
	case inTeam:
		if named, err = f.ofTeam(ctx, team); err != nil {
			return identity{}, err
		}
	case annotated:
		return f.ofAccount(account), nil
	default:
		if account = f.s.DefaultAccount; account != "" {
			f.note("account %s: --default-account-id of the bridge", account)
		}
		return f.ofAccount(account), nil
	}
	if named.wait == nil && annotated && account != named.account {
		named.other = account
		named.wait = waitFor(resource.ReasonRoleOfAnotherAccount, "namespace %s names account %s, but %s is a role of account %s: name one account in both, or remove the annotation %s",
			f.ns.GetName(), account, named.role, named.account, corev1alpha1.AnnotationOwnerAccountID)
	}
	return named, nil
}

func (f *finder) ofAccount(account string) identity {
	switch {
	case account == "":
		return identity{wait: waitFor(resource.ReasonAccountUnknown, "namespace %s names no account: annotate it with %s, or start the bridge with --default-account-id",
			f.ns.GetName(), corev1alpha1.AnnotationOwnerAccountID)}
	case !IsAccount(account):
		return identity{account: account, wait: waitFor(resource.ReasonAccountMalformed, "namespace %s: annotation %s: %q is not an account id: write twelve digits",
			f.ns.GetName(), corev1alpha1.AnnotationOwnerAccountID, account)}
	}
	return identity{account: account}
}

// roleThere returns the role for the account of the object's resource. That is the role that the
// inputs name, if it belongs to that account, or the account's own. A deletion does not depend on
// inputs that disagree about the place of another resource.
func (f *finder) roleThere(ctx context.Context, l *resource.Level, named identity) (string, *resource.Wait, error) {
	account, goes := l.Object.Claim.Target.AccountID, l.Object.Deleting || l.Relocating
	switch {
	case named.direct && named.wait != nil && (named.other == "" || !goes):
		return "", named.wait, nil
	case named.role != "" && named.account == account:
		return named.role, nil, nil
	}
	return f.mappedRole(ctx, account)
}

// IsAccount reports whether a text has the form of an account id.
func IsAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}
