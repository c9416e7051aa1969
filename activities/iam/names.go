package iam

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities"
	"github.com/tack-dev/tack/resource"
)

// arnOf is the ARN that AWS gives to what has a path and a name.
func arnOf(t resource.Target, what, path, name string) string {
	return fmt.Sprintf("arn:%s:iam::%s:%s%s%s", t.Partition, t.AccountID, what, path, name)
}

// nameIn is the name at the end of an ARN, by which IAM takes its calls.
func nameIn(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

func wantedPath(path *string) string {
	if p := aws.ToString(path); p != "" {
		return p
	}
	return "/"
}

// holder is what AWS shows under a name: its ARN, which follows from the name,
// and the id that AWS never gives twice.
type holder struct {
	arn, unique string
	tags        map[string]string
}

// replaces says whether it is another resource than the one that was recorded:
// somebody deleted ours and made one of the same name. Our tag on it says that
// it is ours all the same, made again.
func (h holder) replaces(owner resource.Owner, recorded string, status []byte, idField string) bool {
	if recorded == "" || resource.OwnershipOf(h.tags).Owner == owner.Tag() {
		return false
	}
	var shown map[string]any
	_ = json.Unmarshal(status, &shown) // no status yet: nothing is known
	unique, _ := shown[idField].(string)
	return h.arn != recorded || unique != "" && unique != h.unique
}

// nameNotes say what AWS fixed when it made the resource.
func nameNotes(wantName, wantPath, name, path *string) (notes []string) {
	if is := aws.ToString(name); aws.ToString(wantName) != is {
		notes = append(notes, activities.CannotChange("spec.name", is))
	}
	if is := aws.ToString(path); wantedPath(wantPath) != is {
		notes = append(notes, activities.CannotChange("spec.path", is))
	}
	return notes
}

var (
	goodName = regexp.MustCompile(`^[\w+=,.@-]+$`)
	goodPath = regexp.MustCompile(`^/([\x21-\x7e]+/)?$`)
)

// maxPath is AWS's limit, in characters.
const maxPath = 512

// named is what has a name: in words, the field of its requests, and how long IAM
// takes the name. Each limit is that of the field's own type in IAM's API:
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
type named struct {
	words, field string
	most         int
}

// unmet adds what IAM answers to a value that a constraint of its API refuses.
func unmet(i *activities.Invalid, field, value, constraint string) {
	i.Says("ValidationError", "1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must %s", value, field, constraint)
}

func checkName(what named, name *string) []activities.Invalid {
	invalid := activities.Invalid{Path: "spec.name"}
	switch name := aws.ToString(name); {
	case name == "":
		invalid.Message = what.words + " needs a name"
	case !goodName.MatchString(name):
		invalid.Message = fmt.Sprintf("%q has characters other than letters, digits and _+=,.@-", name)
		unmet(&invalid, what.field, name, `satisfy regular expression pattern: [\w+=,.@-]+`)
	case len(name) > what.most:
		invalid.Message = fmt.Sprintf("has %d characters, AWS takes %d", len(name), what.most)
		unmet(&invalid, what.field, name, fmt.Sprintf("have length less than or equal to %d", what.most))
	default:
		return nil
	}
	return []activities.Invalid{invalid}
}

// checkLength checks the length of a description.
func checkLength(description *string) []activities.Invalid {
	text := aws.ToString(description)
	n := utf8.RuneCountInString(text)
	if n <= maxDescription {
		return nil
	}
	invalid := activities.Invalid{Path: "spec.description", Message: fmt.Sprintf("has %d characters, AWS takes %d", n, maxDescription)}
	unmet(&invalid, "description", text, fmt.Sprintf("have length less than or equal to %d", maxDescription))
	return []activities.Invalid{invalid}
}

func checkPath(path *string) []activities.Invalid {
	invalid := activities.Invalid{Path: "spec.path"}
	switch path := wantedPath(path); {
	case !goodPath.MatchString(path):
		invalid.Message = fmt.Sprintf("%q does not begin and end with /, or has spaces or characters outside ASCII", path)
		unmet(&invalid, "path", path, `satisfy regular expression pattern: (\u002F)|(\u002F[\u0021-\u007E]+\u002F)`)
	case len(path) > maxPath:
		invalid.Message = fmt.Sprintf("has %d characters, AWS takes %d", len(path), maxPath)
		unmet(&invalid, "path", path, fmt.Sprintf("have length less than or equal to %d", maxPath))
	default:
		return nil
	}
	return []activities.Invalid{invalid}
}
