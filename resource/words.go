package resource

import (
	"fmt"
	"strings"
)

// maxMessages is how many messages stand on an object side by side. One spec may
// have 1,000 rules with a message each, and the first few tell what is wrong.
const maxMessages = 10

// Several joins messages into one for people. It shows ten and counts the rest.
func Several(messages []string) string {
	if more := len(messages) - maxMessages; more > 0 {
		return fmt.Sprintf("%s; and %d more", strings.Join(messages[:maxMessages], "; "), more)
	}
	return strings.Join(messages, "; ")
}
