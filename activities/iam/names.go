package iam

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/resource"
)

// arnOf returns the ARN that AWS gives to a resource with a path and a name.
func arnOf(t resource.Target, what, path, name string) string {
	return fmt.Sprintf("arn:%s:iam::%s:%s%s%s", t.Partition, t.AccountID, what, path, name)
}

// nameIn returns the name at the end of an ARN, which IAM's calls require.
func nameIn(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// isARN says whether an id may be the ARN of a resource of that type in the account. No
// resource of this account has any other: a claim may be edited, and AWS refuses the
// question instead of answering that there is none.
func isARN(id, what string, t resource.Target) bool {
	rest, ok := strings.CutPrefix(id, arnOf(t, what, "/", ""))
	if !ok {
		return false
	}
	path, name := "", rest
	if i := strings.LastIndexByte(rest, '/'); i >= 0 {
		path, name = rest[:i+1], rest[i+1:]
	}
	return goodPath.MatchString("/"+path) && len(path) < maxPath && goodName.MatchString(name)
}

func wantedPath(path *string) string {
	if p := aws.ToString(path); p != "" {
		return p
	}
	return "/"
}

// holder is the resource that AWS shows under a name: its ARN, which follows from the name, and the
// id that AWS never reuses.
type holder struct {
	arn, unique string
	tags        map[string]string
}

// replaces reports whether the resource differs from the recorded one: somebody deleted ours and
// created one with the same name. With our owner tag it is still ours, created again.
func (h holder) replaces(owner resource.Owner, recorded string, status []byte, idField string) bool {
	if recorded == "" || resource.OwnershipOf(h.tags).Owner == owner.Tag() {
		return false
	}
	var shown map[string]any
	_ = json.Unmarshal(status, &shown) // without a status, nothing is known
	unique, _ := shown[idField].(string)
	return h.arn != recorded || unique != "" && unique != h.unique
}

// nameNotes describe what AWS fixed when it created the resource.
func nameNotes(wantName, wantPath, name, path *string) (notes []string) {
	if is := aws.ToString(name); aws.ToString(wantName) != is {
		notes = append(notes, kind.CannotChange("spec.name", is))
	}
	if is := aws.ToString(path); wantedPath(wantPath) != is {
		notes = append(notes, kind.CannotChange("spec.path", is))
	}
	return notes
}

var (
	goodName = regexp.MustCompile(`^[\w+=,.@-]+$`)
	goodPath = regexp.MustCompile(`^/([\x21-\x7e]+/)?$`)
)

// maxPath is AWS's limit, in characters.
const maxPath = 512

// named is a type of resource that has a name: in words, the field of its requests, and IAM's limit
// for the name. Each limit is that of the field's own type in IAM's API:
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
type named struct {
	words, field string
	most         int
}

// unmet returns IAM's answer to a value that a constraint of its API refuses.
func unmet(field, value, constraint string) finding.Answer {
	return finding.Says("ValidationError", "1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must %s", value, field, constraint)
}

// null returns IAM's answer to a request without a required member.
func null(field string) finding.Answer {
	return finding.Says("ValidationError", "1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null", field)
}

// atMost returns the constraint on a length.
func atMost(n int) string { return fmt.Sprintf("have length less than or equal to %d", n) }

// Patterns of IAM's API, as its answers quote them.
const (
	namePattern = `satisfy regular expression pattern: [\w+=,.@-]+`
	pathPattern = `satisfy regular expression pattern: (\u002F)|(\u002F[\u0021-\u007E]+\u002F)`
)

func checkName(what named, name *string) []kind.Invalid {
	const path = "spec.name"
	switch text := aws.ToString(name); {
	case name == nil:
		return []kind.Invalid{finding.New(path, null(what.field), "%s needs a name", what.words)}
	case text == "":
		return []kind.Invalid{finding.New(path, unmet(what.field, "", "have length greater than or equal to 1"), "%s needs a name", what.words)}
	case !goodName.MatchString(text):
		return []kind.Invalid{finding.New(path, unmet(what.field, text, namePattern), "%q has characters other than letters, digits and _+=,.@-", text)}
	case len(text) > what.most:
		return []kind.Invalid{finding.New(path, unmet(what.field, text, atMost(what.most)), "has %d characters, AWS allows %d", len(text), what.most)}
	}
	return nil
}

// checkLength checks the length of a description.
func checkLength(description *string) []kind.Invalid {
	text := aws.ToString(description)
	n := utf8.RuneCountInString(text)
	if n <= maxDescription {
		return nil
	}
	return []kind.Invalid{finding.New("spec.description", unmet("description", text, atMost(maxDescription)), "has %d characters, AWS allows %d", n, maxDescription)}
}

func checkPath(wanted *string) []kind.Invalid {
	const path = "spec.path"
	switch text := wantedPath(wanted); {
	case !goodPath.MatchString(text):
		return []kind.Invalid{finding.New(path, unmet("path", text, pathPattern), "%q does not begin and end with /, or has spaces or characters outside ASCII", text)}
	case len(text) > maxPath:
		return []kind.Invalid{finding.New(path, unmet("path", text, atMost(maxPath)), "has %d characters, AWS allows %d", len(text), maxPath)}
	}
	return nil
}
