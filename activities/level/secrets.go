package level

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// withhold returns the object without the secret fields that must not be read, and the paths of
// those it has. A deletion requires no secrets, and neither does an object that may not be ours.
// The object itself may be an informer's, so it stays unchanged.
func withhold(u *unstructured.Unstructured, s Settings, kind apis.Kind) (without *unstructured.Unstructured, withheld []string) {
	if s.Secrets && u.GetDeletionTimestamp() == nil && !WorthOf(u, kind).Doubt.Named() {
		return u, nil
	}
	spec, withheld := WithoutSecrets(u, kind)
	if len(withheld) == 0 {
		return u, nil
	}
	without = u.DeepCopy()
	without.Object["spec"] = spec
	return without, withheld
}

// WithoutSecrets returns a copy of an object's spec without the fields that may contain secrets, and
// the paths of those that it has.
func WithoutSecrets(u *unstructured.Unstructured, kind apis.Kind) (spec map[string]any, withheld []string) {
	spec, _, _ = unstructured.NestedMap(u.Object, "spec") // a copy
	for _, secret := range apis.Secrets(kind.Name()) {
		for _, f := range fieldsAt(spec, secret) {
			if f.holder[f.name] == "" {
				continue
			}
			delete(f.holder, f.name)
			withheld = append(withheld, f.path)
		}
	}
	return spec, withheld
}

// inClear rejects an object with secret fields that Temporal would store in clear text. An operator
// can cure it as well as an edit can, so it is not terminal: a restart of the bridge checks the
// object again.
func inClear(withheld []string) *resource.Problem {
	if len(withheld) == 0 {
		return nil
	}
	return &resource.Problem{State: resource.Blocked, Reason: resource.ReasonSecretInClear, Args: withheld, Message: fmt.Sprintf(
		"%s: it may contain secrets, and Temporal's histories would store them in clear text. "+
			"Start bridge and workers with --payload-keys FILE, or accept clear text by the bridge's flag --allow-clear-user-data",
		strings.Join(withheld, ", "))}
}
