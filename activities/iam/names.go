package iam

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

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

func checkName(what string, name *string, most int) []activities.Invalid {
	message := ""
	switch name := aws.ToString(name); {
	case name == "":
		message = what + " needs a name"
	case !goodName.MatchString(name):
		message = fmt.Sprintf("%q has characters other than letters, digits and _+=,.@-", name)
	case len(name) > most:
		message = fmt.Sprintf("has %d characters, AWS takes %d", len(name), most)
	default:
		return nil
	}
	return []activities.Invalid{{Path: "spec.name", Message: message}}
}

func checkPath(path *string) []activities.Invalid {
	message := ""
	switch path := wantedPath(path); {
	case !goodPath.MatchString(path):
		message = fmt.Sprintf("%q does not begin and end with /, or has spaces or characters outside ASCII", path)
	case len(path) > maxPath:
		message = fmt.Sprintf("has %d characters, AWS takes %d", len(path), maxPath)
	default:
		return nil
	}
	return []activities.Invalid{{Path: "spec.path", Message: message}}
}
