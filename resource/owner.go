package resource

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The owner tags. Their keys begin with services.k8s.aws/, as the tags of AWS Controllers for
// Kubernetes do. Tools that compare a resource's user tags strip exactly that prefix.
const (
	TagPrefix            = "services.k8s.aws/"
	TagOwner             = TagPrefix + "tack-owner"         // the object, with its cluster and installation
	TagUID               = TagPrefix + "tack-uid"           // that object's uid, a slash, and the incarnation
	TagIncarnation       = TagPrefix + "tack-incarnation"   // the incarnation, where tack-uid holds the uid alone: read, never set
	TagControllerVersion = TagPrefix + "controller-version" // ACK's tag; never compared
	TagNamespace         = TagPrefix + "namespace"          // ACK's tag
)

// The owner tags of an instance that shows its tags in its metadata: EC2 refuses a key with a slash
// there.
const (
	PlainTagPrefix = "services.k8s.aws:"
	PlainTagOwner  = PlainTagPrefix + "tack-owner"
	PlainTagUID    = PlainTagPrefix + "tack-uid"
)

// maxTagValue is one character below the limit of a tag value. Tack looks up the owner with a
// filter, and the value of a filter may have only 255.
const maxTagValue = 255

// Owner identifies the owner of an AWS resource: one object of one cluster of one installation. Two
// installations in one account treat each other's resources as foreign.
type Owner struct {
	Install string `json:"install"` // the --install-id of the bridge
	Ref     Ref    `json:"ref"`
	UID     string `json:"uid"`
}

// Tag returns the value of the tag tack-owner. A value over 255 bytes keeps a readable head and
// ends in a hash of the whole.
func (o Owner) Tag() string {
	v := strings.Join([]string{o.Install, o.Ref.Cluster, o.Ref.Kind, o.Ref.Namespace, o.Ref.Name}, "/")
	if len(v) <= maxTagValue {
		return v
	}
	sum := sha256.Sum256([]byte(v))
	hash := hex.EncodeToString(sum[:16])
	head := maxTagValue - len(hash) - 1
	for !utf8.RuneStart(v[head]) {
		head-- // AWS refuses a part of a character
	}
	return v[:head] + ":" + hash
}

// Owns reports whether the tags of a resource name the owner's object, by installation, cluster,
// namespace and name. Its uid may differ.
func (o Owner) Owns(tags map[string]string) bool { return OwnershipOf(tags).Owner == o.Tag() }

// Made reports whether the tags say that the resource was made for this very object.
func (o Owner) Made(tags map[string]string) bool {
	return o.Owns(tags) && OwnershipOf(tags).UID == o.UID
}

// Tags returns the tags by which Tack knows a resource of the owner, from its creation. There are only
// two, because AWS allows 50 tags per resource.
func (o Owner) Tags(incarnation int) map[string]string {
	return map[string]string{TagOwner: o.Tag(), TagUID: o.UID + "/" + strconv.Itoa(incarnation)}
}

// Ownership is the owner that the tags of a resource name. It is zero where the tags are missing.
type Ownership struct {
	Owner       string // as Owner.Tag returns it
	UID         string // of the object that made the resource
	Incarnation int    // from 1; 0: unknown
}

// OwnershipOf reads the owner tags in each of their forms.
func OwnershipOf(tags map[string]string) Ownership {
	owner, there := tags[TagOwner]
	if !there {
		owner = tags[PlainTagOwner]
	}
	value, there := tags[TagUID]
	if !there {
		value = tags[PlainTagUID]
	}
	uid, making, joined := strings.Cut(value, "/")
	if !joined {
		making = tags[TagIncarnation]
	}
	n, err := strconv.Atoi(making)
	if err != nil || n < 1 {
		n = 0
	}
	return Ownership{Owner: owner, UID: uid, Incarnation: n}
}

// Token returns the ClientToken of a create. It is the same for every send of one incarnation by
// any run, so AWS answers a repeat with the original. It has 52 ASCII characters; EC2 accepts 64.
func (o Owner) Token(t Target, incarnation int) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		o.Install, o.UID, o.Ref.Kind, t.Partition, t.AccountID, t.Region, strconv.Itoa(incarnation),
	}, "|")))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])[:52]
}

// OwnerKeys returns the keys of the owner tags on a resource with these tags, or the keys under
// which to set them. The keys are plain where AWS refuses a slash.
func OwnerKeys(tags map[string]string, plain bool) (owner, uid string) {
	_, hasOwner := tags[PlainTagOwner]
	_, hasUID := tags[PlainTagUID]
	if plain || hasOwner || hasUID {
		return PlainTagOwner, PlainTagUID
	}
	return TagOwner, TagUID
}
