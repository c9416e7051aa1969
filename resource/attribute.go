package resource

import (
	"crypto/sha256"
	"encoding/hex"
	"unicode/utf8"
)

// maxAttribute limits the value of a search attribute, in bytes. A SQL store keeps a keyword in a
// column of 255 characters. It refuses the whole row of a longer value, and no search finds the
// run. An IAM ARN has up to 600 characters.
// https://github.com/temporalio/temporal/blob/main/schema/postgresql/v12/visibility/schema.sql
const maxAttribute = 255

// AttributeValue returns a value as a search attribute holds it and as a search must name it. A
// value over 255 bytes keeps a readable head and ends in a hash of the whole.
func AttributeValue(v string) string {
	if len(v) <= maxAttribute {
		return v
	}
	sum := sha256.Sum256([]byte(v))
	end := "~" + hex.EncodeToString(sum[:8])
	head := maxAttribute - len(end)
	for !utf8.RuneStart(v[head]) {
		head-- // the column refuses an incomplete character
	}
	return v[:head] + end
}

// maxFairness is Temporal's limit for a fairness key. Temporal refuses a start with a longer key.
const maxFairness = 64

// FairnessKey returns the key by which Temporal shares its workers fairly among accounts. A
// namespace's annotation may hold any text as its account; text too long for a key shares the empty
// key.
func FairnessKey(account string) string {
	if len(account) > maxFairness {
		return ""
	}
	return account
}
