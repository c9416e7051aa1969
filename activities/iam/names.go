package iam

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/shape"
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

// remade reports whether a resource was created after ours was recorded: somebody deleted ours. It is
// for a type without an id that AWS never reuses. AWS's clock may differ from Temporal's.
func remade(owner resource.Owner, tags map[string]string, made *time.Time, recorded time.Time) bool {
	const skew = time.Minute
	return !recorded.IsZero() && !owner.Owns(tags) && aws.ToTime(made).After(recorded.Add(skew))
}

// byName is a type of resource that IAM finds by its name, which is in its ARN.
type byName[T any] struct {
	what    string // in the ARN: "instance-profile"
	field   string // with the name, in the SDK's types: "InstanceProfileName"; with the ARN: "PolicyArn"
	idField string // of the status, with the id that AWS never reuses
	get     func(ctx context.Context, client *awsiam.Client, name *string) (*T, error)
	holder  func(*T) holder
}

// lookUp reads the resource of a query, and returns its id: the ARN. For another's resource under
// our name it returns the unique id, for which the engine leaves it alone; theirs is then set. In a
// deletion, such a resource means that ours is gone.
func lookUp[W, T any](ctx context.Context, client *awsiam.Client, q kind.Query[W], name *string, of byName[T]) (found *T, id string, theirs bool, err error) {
	if q.ID != "" && !isARN(q.ID, of.what, q.Target) {
		return nil, "", false, nil
	}
	sought := cmp.Or(nameIn(q.ID), nameIn(q.Key), aws.ToString(name))
	if of.byARN() {
		path := shape.Text(q.Want, "Path")
		sought = cmp.Or(q.ID, q.Key, arnOf(q.Target, of.what, wantedPath(path), aws.ToString(name)))
	}
	found, err = of.get(ctx, client, aws.String(sought))
	if err != nil {
		if !of.byARN() {
			sought = of.what + " " + sought
		}
		return nil, "", false, reads.UnlessAbsent(fmt.Errorf("getting %s: %w", sought, err))
	}
	if id, theirs = idOf(q, of.holder(found), of.idField); id == "" {
		return nil, "", false, nil
	}
	return found, id, theirs, nil
}

// idOf returns the id of the resource that AWS shows for a query: see lookUp. It is empty if ours is
// gone.
func idOf[W any](q kind.Query[W], here holder, idField string) (id string, theirs bool) {
	switch theirs = here.replaces(q.Owner, q.ID, q.Status, idField); {
	case theirs && q.Deleting:
		return "", true
	case theirs:
		return here.unique, true
	}
	return here.arn, false
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
