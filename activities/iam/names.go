package iam

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/fixed"
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
		notes = append(notes, fixed.Note("spec.name", is))
	}
	if is := aws.ToString(path); wantedPath(wantPath) != is {
		notes = append(notes, fixed.Note("spec.path", is))
	}
	return notes
}

var (
	goodName = regexp.MustCompile(`^[\w+=,.@-]+$`)
	goodPath = regexp.MustCompile(`^/([\x21-\x7e]+/)?$`)
)

// maxPath is AWS's limit, in characters.
const maxPath = 512
