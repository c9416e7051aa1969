package resource

import (
	"fmt"
	"regexp"
	"strings"
)

// maxMessages limits the messages that an object shows together. One spec may have 1,000 rules with
// a message each, and the first few show the cause.
const maxMessages = 10

// Several joins messages into one for people. It shows ten and counts the rest.
func Several(messages []string) string { return First(maxMessages, messages) }

// First joins messages into one for people. It shows as many as given and counts the rest.
func First(shown int, messages []string) string {
	if more := len(messages) - shown; more > 0 {
		return fmt.Sprintf("%s; and %d more", strings.Join(messages[:shown], "; "), more)
	}
	return strings.Join(messages, "; ")
}

// ec2ID matches an id of EC2: "vpc-0123abcd".
var ec2ID = regexp.MustCompile(`^[a-z]+-[0-9a-f]{8,17}$`)

// IsEC2ID reports whether a word looks like an id of EC2.
func IsEC2ID(word string) bool { return ec2ID.MatchString(word) }
