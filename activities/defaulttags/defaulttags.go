// Package defaulttags reads the tags that an installation adds to every resource, from the flag
// --resource-tags of the bridge.
package defaulttags

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// Templates are the tags that a flag names. Their values may contain verbs, such as %K8S_NAMESPACE%. The
// zero value is a flag that is not set; resources then have ACK's two tags.
type Templates []template

type template struct{ key, value string }

// verbs are those of AWS Controllers for Kubernetes, and what they mean for an object. kro labels the
// objects that it makes.
// https://github.com/aws-controllers-k8s/runtime/blob/main/pkg/runtime/tags.go
var verbs = map[string]func(u *unstructured.Unstructured, kind apis.Kind) string{
	"%CONTROLLER_SERVICE%": func(_ *unstructured.Unstructured, kind apis.Kind) string { return kind.Service },
	versionVerb:            func(*unstructured.Unstructured, apis.Kind) string { return version() },
	"%K8S_NAMESPACE%":      func(u *unstructured.Unstructured, _ apis.Kind) string { return u.GetNamespace() },
	"%K8S_RESOURCE_NAME%":  func(u *unstructured.Unstructured, _ apis.Kind) string { return u.GetName() },
	"%K8S_RESOURCE_KIND%":  func(_ *unstructured.Unstructured, kind apis.Kind) string { return kind.Kind },
	"%MANAGED_BY%":         label("app.kubernetes.io/managed-by"),
	"%KRO_VERSION%":        label("kro.run/kro-version"),
}

// versionVerb is the verb whose meaning changes with each version of Tack.
const versionVerb = "%CONTROLLER_VERSION%"

func label(key string) func(*unstructured.Unstructured, apis.Kind) string {
	return func(u *unstructured.Unstructured, _ apis.Kind) string { return u.GetLabels()[key] }
}

// version returns the version of this program, or ACK's word for a build that has none.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "(devel)" {
		return cmp.Or(info.Main.Version, "unknown")
	}
	return "unknown"
}

var (
	verb = regexp.MustCompile(`%[A-Z0-9_]+%`)
	// text is what IAM accepts in keys and values. EC2 accepts more, but a flag is for both.
	text = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
)

// AWS's limits, in characters.
const (
	longestKey   = 128
	longestValue = 256
	// mostTags leaves a user most of the 50 tags of a resource.
	mostTags = 20
)

// String returns the tags as Set reads them.
func (t *Templates) String() string {
	var all []string
	for _, tag := range *t {
		all = append(all, tag.key+"="+tag.value)
	}
	return strings.Join(all, ",")
}

// Set reads tags such as "team=a,env=prod" and adds them to those that an earlier flag names. An empty
// text names no tag. The error names the tag and what is wrong with it.
func (t *Templates) Set(flag string) error {
	if *t == nil {
		*t = Templates{}
	}
	if strings.TrimSpace(flag) == "" {
		return nil
	}
	pairs, err := csv.NewReader(strings.NewReader(flag)).Read() // a value with a comma may be quoted, as in ACK
	if err != nil {
		return fmt.Errorf("%q is not a list of key=value, separated by commas: %w", flag, err)
	}
	for _, pair := range pairs {
		key, value, found := strings.Cut(pair, "=")
		tag := template{strings.TrimSpace(key), strings.TrimSpace(value)}
		if !found || tag.key == "" || tag.value == "" {
			return fmt.Errorf("%q is not a tag: write key=value", pair)
		}
		if why := tag.fault(*t); why != "" {
			return fmt.Errorf("%q: %s", pair, why)
		}
		*t = append(*t, tag)
	}
	return nil
}

// fault says why a tag cannot be a default tag beside others; empty: it can.
func (t template) fault(others Templates) string {
	unknown := slices.DeleteFunc(verb.FindAllString(t.value, -1), func(v string) bool { return verbs[v] != nil })
	literal := verb.ReplaceAllString(t.value, "")
	switch {
	case tagging.Reserved(t.key):
		return "keys that begin with aws: belong to AWS: choose another key"
	case tagging.Ours(t.key):
		return "the key is that of an owner tag: choose another key"
	case slices.ContainsFunc(others, func(o template) bool { return tagging.Folded(o.key) == tagging.Folded(t.key) }):
		return "the key is there twice, and IAM ignores the case of letters: remove one"
	case len([]rune(t.key)) > longestKey || len([]rune(literal)) > longestValue:
		return fmt.Sprintf("AWS allows %d characters in a key and %d in a value: shorten it", longestKey, longestValue)
	case !text.MatchString(t.key) || !text.MatchString(literal):
		return "IAM allows letters, digits, spaces and _.:/=+-@ in keys and values: choose others"
	case len(unknown) > 0:
		return "Tack does not know " + strings.Join(unknown, ", ") + ": use one of " + strings.Join(known(), ", ")
	case len(others) == mostTags:
		return fmt.Sprintf("a resource has at most 50 tags, and a user needs some: name at most %d", mostTags)
	}
	return ""
}

func known() (names []string) {
	for name := range verbs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// For returns the default tags of an object's resource; nil: the flag is not set. A tag without a value is
// left out, as in ACK: an object that kro did not make has no version of kro.
func (t Templates) For(u *unstructured.Unstructured, kind apis.Kind) []resource.DefaultTag {
	if t == nil {
		return nil
	}
	tags := []resource.DefaultTag{}
	for _, tag := range t {
		value := verb.ReplaceAllStringFunc(tag.value, func(v string) string { return verbs[v](u, kind) })
		if value = first(strings.TrimSpace(value), longestValue); value != "" {
			tags = append(tags, resource.DefaultTag{Key: tag.key, Value: value, AnyValue: strings.Contains(tag.value, versionVerb)})
		}
	}
	return tags
}

// first returns at most n characters. An object's name may have 253, and a label's value 63.
func first(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n])
	}
	return s
}
