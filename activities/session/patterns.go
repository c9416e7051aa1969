package session

import (
	"fmt"
	"regexp"
	"strings"
)

// Patterns name roles or endpoints, each for the clusters that its own pattern
// names. In both, "*" stands for any text.
type Patterns []pattern

type pattern struct {
	text           string
	cluster, value *regexp.Regexp
}

// String lists the patterns, as flag.Value asks for.
func (p *Patterns) String() string {
	var texts []string
	for _, one := range *p {
		texts = append(texts, one.text)
	}
	return strings.Join(texts, " ")
}

// Set adds one pattern: "arn:aws:iam::*:role/tack" for every cluster, or
// "prod=arn:aws:iam::*:role/tack-prod" for some.
func (p *Patterns) Set(text string) error {
	cluster, value := "*", text
	if c, v, ok := strings.Cut(text, "="); ok && !strings.Contains(c, ":") {
		cluster, value = c, v // role names, too, may have "=" in them
	}
	if cluster == "" || value == "" {
		return fmt.Errorf("%q is no pattern: want PATTERN or CLUSTER=PATTERN", text)
	}
	*p = append(*p, pattern{text: text, cluster: wildcard(cluster), value: wildcard(value)})
	return nil
}

// Match says whether a value is named for a cluster.
func (p Patterns) Match(cluster, value string) bool {
	for _, one := range p {
		if one.cluster.MatchString(cluster) && one.value.MatchString(value) {
			return true
		}
	}
	return false
}

func wildcard(pattern string) *regexp.Regexp {
	return regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$")
}
