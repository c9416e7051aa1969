package resource

import (
	"crypto/sha256"
	"encoding/hex"
	"unicode/utf8"
)

// maxAttribute is how many bytes the value of a search attribute may have. A SQL
// store keeps a keyword in a column of 255 characters and refuses the whole row of
// a longer one: the run is then never found. An IAM ARN has up to 600 characters.
// https://github.com/temporalio/temporal/blob/main/schema/postgresql/v12/visibility/schema.sql
const maxAttribute = 255

// AttributeValue is how a value is written to a search attribute, and looked for.
// One over 255 bytes keeps a readable head and ends in a hash of the whole.
func AttributeValue(v string) string {
	if len(v) <= maxAttribute {
		return v
	}
	sum := sha256.Sum256([]byte(v))
	end := "~" + hex.EncodeToString(sum[:8])
	head := maxAttribute - len(end)
	for !utf8.RuneStart(v[head]) {
		head-- // a column refuses half a character
	}
	return v[:head] + end
}

// maxFairness is Temporal's limit for a fairness key, over which it refuses the
// whole start.
const maxFairness = 64

// FairnessKey is the key by which Temporal is fair among accounts. A namespace's
// annotation may name anything as its account; what is no account shares one key.
func FairnessKey(account string) string {
	if len(account) > maxFairness {
		return ""
	}
	return account
}
