package gateway

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// id matches ids of EC2, such as "vpc-0123abcd".
var id = regexp.MustCompile(`^[a-z]+-[0-9a-f]{8,17}$`)

// mentioned returns every resource that a request names in any parameter, each
// once: ids, ARNs, and names in IAM.
func (c *call) mentioned() []string {
	found := map[string]bool{}
	for param, values := range c.form {
		value := values[0]
		if id.MatchString(value) || strings.HasPrefix(value, "arn:") {
			found[value] = true
			continue
		}
		k := kindWhere(func(k *kind) bool {
			return k.name != "" && (param == k.name || k.inEC2 != "" && param == k.inEC2+".Name")
		})
		if k != nil {
			found[k.path()+value] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

var capital = regexp.MustCompile("[A-Z]")

// path begins the names of the kind in an ARN: "instance-profile/".
func (k *kind) path() string {
	noun := strings.TrimSuffix(k.name, "Name")
	return strings.ToLower(noun[:1]+capital.ReplaceAllString(noun[1:], "-$0")) + "/"
}

// TooEarly describes each call that named a resource before the resource's owner completed its
// work on it, and each call that AWS refused. Early reports which owners allow that, because the
// caller requires only the other's id. It takes the calls of a period in which everything was made
// and nothing changed, in order.
func TooEarly(entries []Entry, early func(caller, owner string) bool) (words []string) {
	accepted := slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return !e.Mutation || !e.Accepted })
	for _, e := range entries {
		if e.Mutation && !e.Accepted && e.Owner != "" {
			words = append(words, fmt.Sprintf("AWS refused %s of %s: %s", e.Action, e.Owner, e.Code))
		}
	}
	owners, last := makers(accepted)
	for _, e := range accepted {
		for _, name := range e.Mentions {
			owner := owners[name]
			if owner == "" || owner == e.Owner || e.Seq > last[owner].Seq || early(e.Owner, owner) {
				continue
			}
			words = append(words, fmt.Sprintf("%s (call %d) of %s names %s of %s, which was done with call %d, %s",
				e.Action, e.Seq, e.Owner, name, owner, last[owner].Seq, last[owner].Action))
		}
	}
	return words
}

// makers returns the owner of each resource, and the last call for each owner.
func makers(accepted []Entry) (owners map[string]string, last map[string]Entry) {
	owners, last = map[string]string{}, map[string]Entry{}
	for _, e := range accepted {
		if e.Owner == "" {
			continue
		}
		last[e.Owner] = e
		for _, made := range e.Created {
			owners[made] = e.Owner
			if path := made[strings.LastIndex(made, ":")+1:]; path != made {
				owners[path] = e.Owner
			}
		}
	}
	return owners, last
}
