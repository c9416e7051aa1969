package level

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/kubeapi"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// allowedNamespaces is the beginning of a key that restricts an entry of a role map to some
// namespaces: "allowed-namespaces.111111111111". Without that key, every namespace may use the
// entry.
const allowedNamespaces = "allowed-namespaces."

// mappedRole finds the role of an account: the role for the kind's service, or else the role for
// all services.
func (f *finder) mappedRole(ctx context.Context, account string) (role string, wait *resource.Wait, err error) {
	m, wait, err := f.roleMap(ctx, corev1alpha1.ConfigMapRoleAccountMap, "account "+account)
	if wait != nil || err != nil {
		return "", wait, err
	}
	entry := f.kind.Service + "." + account
	if _, ok := m.data[entry]; !ok {
		entry = account
	}
	role, mapped := m.data[entry]
	owner, isRole := roleAccount(role)
	switch {
	case !mapped:
		wait = waitFor(resource.ReasonRoleNotMapped, "account %s is not in ConfigMap %s: add an entry with the ARN of its role", account, m.name)
	case role == "":
		wait = waitFor(resource.ReasonRoleEmpty, "ConfigMap %s: the entry %s is empty: write the ARN of a role of account %s", m.name, entry, account)
	case !isRole:
		wait = waitFor(resource.ReasonRoleMalformed, "ConfigMap %s: the entry %s, %q, is not the ARN of a role: write that of a role of account %s", m.name, entry, role, account)
	case owner != account:
		wait = waitFor(resource.ReasonRoleOfAnotherAccount, "ConfigMap %s: the entry %s names a role of account %s: write the ARN of a role of account %s", m.name, entry, owner, account)
	default:
		wait = f.mayUse(m, account, f.kind.Service+"."+account)
	}
	if role != "" {
		f.note("role %s: key %s of ConfigMap %s", role, entry, m.name)
	}
	return role, wait, nil
}

// ofTeam finds the role of a team. The role determines the account.
func (f *finder) ofTeam(ctx context.Context, team string) (identity, error) {
	f.note("team %s: annotation %s of namespace %s", team, corev1alpha1.AnnotationTeamID, f.ns.GetName())
	named := identity{direct: true}
	m, wait, err := f.roleMap(ctx, corev1alpha1.ConfigMapRoleTeamMap, "team "+team)
	if wait != nil || err != nil {
		named.wait = wait
		return named, err
	}
	role, mapped := m.data[team]
	account, isRole := roleAccount(role)
	switch {
	case team == "":
		named.wait = waitFor(resource.ReasonTeamUnknown, "namespace %s: annotation %s is empty: name a team", f.ns.GetName(), corev1alpha1.AnnotationTeamID)
	case !mapped:
		named.wait = waitFor(resource.ReasonRoleNotMapped, "team %s is not in ConfigMap %s: add an entry with the ARN of its role", team, m.name)
	case role == "":
		named.wait = waitFor(resource.ReasonRoleEmpty, "ConfigMap %s: the entry %s is empty: write the ARN of the team's role", m.name, team)
	case !isRole:
		named.wait = waitFor(resource.ReasonRoleMalformed, "ConfigMap %s: the entry %s, %q, is not the ARN of a role: write that of the team's role", m.name, team, role)
	default:
		named.wait = f.mayUse(m, team)
	}
	if role != "" {
		f.note("role %s: key %s of ConfigMap %s", role, team, m.name)
	}
	named.account, named.role = account, role
	return named, nil
}

// roleMapData is the content of a role map.
type roleMapData struct {
	name string // with its namespace
	data map[string]string
}

func (f *finder) roleMap(ctx context.Context, name, of string) (m roleMapData, wait *resource.Wait, err error) {
	m.name = f.s.SystemNamespace + "/" + name
	u, err := f.r.Get(ctx, kubeapi.ConfigMaps, f.s.SystemNamespace, name)
	switch {
	case apierrors.IsNotFound(err):
		return m, waitFor(resource.ReasonRoleMapNotFound, "ConfigMap %s does not exist yet: create it, with an entry that maps %s to its role", m.name, of), nil
	case isForbidden(err):
		return m, notReadable(resource.ReasonRoleMapNotReadable, "ConfigMap "+m.name), nil
	case err != nil:
		return m, nil, fmt.Errorf("reading ConfigMap %s: %w", m.name, err)
	}
	m.data, _, _ = unstructured.NestedStringMap(u.Object, "data")
	return m, nil, nil
}

// mayUse waits while the object's namespace may not use an entry. A key for one service restricts
// that service's objects in addition to the key for all. A restricting key must never be without
// effect, so the case of the service does not matter.
func (f *finder) mayUse(m roleMapData, entry string, ofService ...string) *resource.Wait {
	for _, key := range slices.Sorted(maps.Keys(m.data)) {
		restricted, ok := restrictedBy(key)
		same := func(of string) bool { return strings.EqualFold(of, restricted) }
		if !ok || restricted != entry && !slices.ContainsFunc(ofService, same) || f.named(m.data[key]) {
			continue
		}
		return waitFor(resource.ReasonNamespaceNotAllowed, "ConfigMap %s: %s does not list namespace %s: ask an operator to add it, or use another account", m.name, key, f.ns.GetName())
	}
	return nil
}

// named reports whether a list of namespaces names the object's. Only "*" is special there. Names
// of namespaces are lower case, and so are the patterns.
func (f *finder) named(list string) bool {
	separates := func(r rune) bool { return r == ',' || unicode.IsSpace(r) }
	return slices.ContainsFunc(strings.FieldsFunc(list, separates), func(pattern string) bool {
		name := "^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `[^/?#@:]*`) + "$"
		return regexp.MustCompile(name).MatchString(f.ns.GetName())
	})
}

// restrictedBy returns the entry that a key restricts. The key's case does not matter: otherwise, a
// restriction in the wrong case would allow every namespace.
func restrictedBy(key string) (entry string, ok bool) {
	n := len(allowedNamespaces)
	if len(key) < n || !strings.EqualFold(key[:n], allowedNamespaces) {
		return "", false
	}
	return key[n:], true
}

// roleARN matches a role's ARN, with its partition, account, path and name.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
var roleARN = regexp.MustCompile(`^arn:aws[a-z-]*:iam::([0-9]{12}):role/(?:[[:graph:]]+/)?[\w+=,.@-]{1,64}$`)

// roleAccount returns the account of a role's ARN.
func roleAccount(arn string) (account string, ok bool) {
	parts := roleARN.FindStringSubmatch(arn)
	if parts == nil {
		return "", false
	}
	return parts[1], true
}

// ConcernsAccount returns the account in an entry of the map of accounts, if the entry decides
// about a service's kinds. A change of the entry wakes the objects of that account.
func ConcernsAccount(entry, service string) (account string, ok bool) {
	if restricted, ok := restrictedBy(entry); ok {
		entry = restricted
	}
	if of, id, ok := strings.Cut(entry, "."); ok && strings.EqualFold(of, service) {
		return id, true
	}
	return entry, !strings.Contains(entry, ".")
}

// ConcernsTeam returns the team in an entry of the map of teams; team ids are free text.
func ConcernsTeam(entry, _ string) (team string, ok bool) {
	if restricted, ok := restrictedBy(entry); ok {
		return restricted, true
	}
	return entry, true
}
