package resource

import "regexp"

// MaxPart ensures that a shortened workflow id keeps the whole name of the cluster.
const MaxPart = 100

// part matches the characters that IAM takes in the value of a tag, without slash and blank.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html
var part = regexp.MustCompile(`^[\p{L}\p{N}_.:=+\-@]+$`)

// IsPart reports whether a text can be the name of a cluster or the id of an installation. Both are
// parts of the owner tag, which IAM must take, and of names joined by "/". With a slash, "a/b" and
// "c" would give the same name as "a" and "b/c".
func IsPart(text string) bool { return len(text) <= MaxPart && part.MatchString(text) }

// PartRule describes in words what IsPart accepts.
const PartRule = "want at most 100 bytes of letters, digits and _.:=+-@, which IAM accepts in a tag"
