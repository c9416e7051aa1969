package kube

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// finder finds account, Region and role of one object, and keeps a description of the inputs that
// gave them.
type finder struct {
	r     Reader
	s     Settings
	kind  apis.Kind
	u, ns *unstructured.Unstructured // ns is nil if there is none, or none that Tack may read
	chain []string
	// selected describes the selector that gave the role.
	selected string
}

// found is the identity that the inputs name.
type found struct {
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
func place(ctx context.Context, r Reader, s Settings, kind apis.Kind, l *resource.Level, u *unstructured.Unstructured) error {
	f := &finder{r: r, s: s, kind: kind, u: u}
	wait, err := f.readNamespace(ctx)
	if err != nil {
		return err
	}
	l.Object.Retain = retain(u, f.ns, kind)
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
		if refused := refusedFor(l.Object, notHonouredOfNamespace(u, f.ns, kind)); refused != nil {
			l.Problem, l.Leaving = refused, false
		}
	}
	l.Chain, l.Selected = f.chain, f.selected
	return nil
}

// readNamespace reads the object's namespace, or returns a wait if it cannot be used.
func (f *finder) readNamespace(ctx context.Context) (*resource.Wait, error) {
	name := f.u.GetNamespace()
	ns, err := f.r.Get(ctx, Namespaces, "", name)
	switch {
	case err == nil:
		f.ns = ns
		return nil, nil
	case apierrors.IsNotFound(err):
		return waitFor(resource.ReasonNamespaceNotFound, "namespace %s is not there (yet): create it", name), nil
	case isRefused(err):
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
func (f *finder) identity(ctx context.Context) (found, error) {
	selectors, err := f.selectors(ctx)
	if isRefused(err) {
		// It is unknown whether a selector matches, so no other input may decide.
		return found{direct: true, wait: notReadable(resource.ReasonSelectorsNotReadable, "the list of IAMRoleSelectors")}, nil
	}
	if err != nil {
		return found{}, err
	}
	annotations := f.ns.GetAnnotations()
	account, annotated := annotations[corev1alpha1.AnnotationOwnerAccountID]
	if annotated {
		f.note("account %s: annotation %s of namespace %s", account, corev1alpha1.AnnotationOwnerAccountID, f.ns.GetName())
	}
	var named found
	switch team, inTeam := annotations[corev1alpha1.AnnotationTeamID]; {
	case len(selectors) > 0:
		named = f.bySelector(selectors)
	case inTeam:
		if named, err = f.ofTeam(ctx, team); err != nil {
			return found{}, err
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

func (f *finder) ofAccount(account string) found {
	switch {
	case account == "":
		return found{wait: waitFor(resource.ReasonAccountUnknown, "namespace %s names no account: annotate it with %s, or start the bridge with --default-account-id",
			f.ns.GetName(), corev1alpha1.AnnotationOwnerAccountID)}
	case !IsAccount(account):
		return found{account: account, wait: waitFor(resource.ReasonAccountMalformed, "namespace %s: annotation %s: %q is no account id: write its twelve digits",
			f.ns.GetName(), corev1alpha1.AnnotationOwnerAccountID, account)}
	}
	return found{account: account}
}

// roleThere returns the role for the account of the object's resource. That is the role that the
// inputs name, if it belongs to that account, or the account's own. A deletion does not depend on
// inputs that disagree about the place of another resource.
func (f *finder) roleThere(ctx context.Context, l *resource.Level, named found) (string, *resource.Wait, error) {
	account, goes := l.Object.Claim.Target.AccountID, l.Object.Deleting || l.Leaving
	switch {
	case named.direct && named.wait != nil && (named.other == "" || !goes):
		return "", named.wait, nil
	case named.role != "" && named.account == account:
		return named.role, nil, nil
	}
	return f.mappedRole(ctx, account)
}

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
		return waitFor(resource.ReasonRegionMalformed, "%q is no Region: write one such as us-west-2 into the annotation %s of the object, %s of its namespace, or --aws-region of the bridge",
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

// IsAccount reports whether a text has the form of an account id.
func IsAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}
