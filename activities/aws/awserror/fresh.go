package awserror

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tack-dev/tack/resource"
)

// entries are the NotFound codes for an entry of a resource. They imply that the resource itself
// exists.
var entries = []string{"InvalidPermission.NotFound", "InvalidRoute.NotFound", "InvalidAssociationID.NotFound", "Gateway.NotAttached"}

// noSuchEntity is IAM's code for everything that it does not find.
const noSuchEntity = "NoSuchEntity"

var (
	// aWord matches in a message what may be an id or an ARN.
	aWord = regexp.MustCompile(`[\w+=,.@:/-]*[\w+=@-]`)
	// quoted matches what EC2 puts in quotes: an id, or the name of a group, a key pair or a template.
	quoted = regexp.MustCompile(`'([^']+)'`)
	// ofAnID matches EC2's codes for an id that is missing. A key pair or a template has a name.
	ofAnID = regexp.MustCompile(`^(Invalid\w*(ID|Id)\.|InvalidGroup\.|NatGateway)NotFound$`)
	// byName matches the name in IAM's messages: `The role with name web cannot be found.`,
	// `Instance Profile web cannot be found.`
	byName = regexp.MustCompile(`(?i)\b(?:with name|instance profile) (\S+) cannot be found`)
)

// MissesNew reports whether AWS may miss a resource only because it is new. AWS then did nothing,
// and the same request succeeds later. A message that names only other resources concerns those.
// EC2 names what it misses, or its code says that an id is missing; IAM does not always. For a
// removal, NotFound may also mean that AWS already carried it out, unless it names the new resource
// by its id. A refusal that is Propagating has its own, smaller number of attempts.
// https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
func MissesNew(f resource.Failure, made []resource.Made, removal bool) bool {
	if f.Class != resource.NotFound || Propagating(f) || slices.Contains(entries, f.Code) || removal && f.Code == noSuchEntity {
		return false
	}
	missing := missed(f)
	return slices.ContainsFunc(made, func(m resource.Made) bool {
		return len(missing) == 0 && (f.Code == noSuchEntity || !removal && ofAnID.MatchString(f.Code)) ||
			slices.ContainsFunc(missing, func(name string) bool { return sameThing(name, m.ID) })
	})
}

// missed returns what a message names: ids, ARNs, or names of IAM. A name of IAM may look like an id
// of EC2.
func missed(f resource.Failure) (named []string) {
	if name := byName.FindStringSubmatch(f.Message); name != nil {
		return name[1:]
	}
	for _, text := range quoted.FindAllStringSubmatch(f.Message, -1) {
		named = append(named, text[1])
	}
	for _, word := range aWord.FindAllString(f.Message, -1) {
		if isARN(word) || f.Code != noSuchEntity && resource.IsEC2ID(word) {
			named = append(named, word)
		}
	}
	return named
}

// sameThing compares a name in a message with the id of a resource. Either may be an ARN, which ends
// in the name.
func sameThing(name, id string) bool {
	if isARN(name) == isARN(id) {
		return name == id
	}
	return lastOf(name) == lastOf(id)
}

func isARN(text string) bool { return strings.HasPrefix(text, "arn:") }

func lastOf(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }
