package session

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/tack-dev/tack/resource"
)

// Patterns name roles or endpoints, each for the clusters that match its cluster pattern.
type Patterns []pattern

type pattern struct {
	text    string
	cluster *regexp.Regexp
	value   func(string) bool
}

// Match reports whether a value is allowed for a cluster.
func (p Patterns) Match(cluster, value string) bool {
	for _, one := range p {
		if one.cluster.MatchString(cluster) && one.value(value) {
			return true
		}
	}
	return false
}

// String lists the patterns, as flag.Value requires.
func (p *Patterns) String() string {
	var texts []string
	for _, one := range *p {
		texts = append(texts, one.text)
	}
	return strings.Join(texts, " ")
}

// add reads "PATTERN" for every cluster, or "CLUSTER=PATTERN" for some.
func (p *Patterns) add(text string, read func(string) (func(string) bool, error)) error {
	cluster, value := "*", text
	if c, v, ok := strings.Cut(text, "="); ok && !strings.Contains(c, ":") {
		cluster, value = c, v // role names may also contain "="
	}
	if cluster == "" || value == "" {
		return fmt.Errorf("%q is not a pattern: want PATTERN or CLUSTER=PATTERN", text)
	}
	if !resource.IsPart(strings.ReplaceAll(cluster, "*", "x")) {
		return fmt.Errorf("%q cannot name a cluster: %s; * stands for any of them", cluster, resource.PartRule)
	}
	match, err := read(value)
	if err != nil {
		return err
	}
	*p = append(*p, pattern{text: text, cluster: wildcard(cluster, `[^/]`), value: match})
	return nil
}

// Roles are patterns of role ARNs, such as "arn:aws:iam::*:role/tack". A path is part of the name.
// "*" crosses neither ":" nor "/", so that no path of a role can match an account or another path.
type Roles struct{ Patterns }

// Set adds one pattern.
func (r *Roles) Set(text string) error {
	return r.add(text, func(value string) (func(string) bool, error) {
		// The ARN has six fields, and the last one names the role; a path may contain ":".
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
		fields := strings.SplitN(value, ":", 6)
		if len(fields) < 6 || fields[0] != "arn" || fields[2] != "iam" || fields[3] != "" || !strings.HasPrefix(fields[5], "role/") {
			return nil, fmt.Errorf("%q is not a pattern for role ARNs: write one like arn:aws:iam::*:role/tack-*, where * matches any text without a slash or colon", value)
		}
		return wildcard(value, `[^/:]`).MatchString, nil
	})
}

// Endpoints are patterns of endpoint URLs, such as "https://*.vpce.amazonaws.com". Scheme, host,
// port and path are compared separately, after both sides are normalized. A pattern without port or
// path means the scheme's own port, and no path.
type Endpoints struct{ Patterns }

// Set adds one pattern.
func (e *Endpoints) Set(text string) error {
	return e.add(text, func(value string) (func(string) bool, error) {
		want, err := resource.ParseEndpointPattern(value)
		if err != nil {
			return nil, fmt.Errorf("%q is not a pattern for endpoint URLs: %w: write one like https://*.vpce.amazonaws.com, where * matches any text without a slash, ?, #, @ or colon", value, err)
		}
		host, port, path := wildcard(want.Host, `[^/?#@:]`), wildcard(want.Port, `[0-9]`), wildcard(want.Path, `[^/?#@:]`)
		return func(value string) bool {
			got, err := resource.ParseEndpoint(value)
			return err == nil && got.Scheme == want.Scheme && host.MatchString(got.Host) && port.MatchString(got.Port) && path.MatchString(got.Path)
		}, nil
	})
}

// wildcard compiles a pattern in which "*" matches any number of the characters.
func wildcard(pattern, characters string) *regexp.Regexp {
	return regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, characters+"*") + "$")
}
