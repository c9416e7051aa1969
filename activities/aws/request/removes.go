package request

import (
	"reflect"
	"slices"
	"strings"
)

// removals begin the names of AWS's operations that take something away.
var removals = []string{"Delete", "Detach", "Disassociate", "Release", "Remove", "Revoke", "Terminate", "Untag"}

// Removes reads off the SDK's type of a request whether it takes something away.
func Removes[I any]() bool {
	operation := reflect.TypeFor[I]().Name()
	return slices.ContainsFunc(removals, func(begin string) bool { return strings.HasPrefix(operation, begin) })
}
