package request

import (
	"reflect"
	"slices"
	"strings"
)

// removals are prefixes of the names of AWS's operations that remove something.
var removals = []string{"Deactivate", "Delete", "Detach", "Disassociate", "Release", "Remove", "Revoke", "Terminate", "Untag"}

// Removes reports whether a request removes something, by the SDK's type.
func Removes[I any]() bool {
	operation := reflect.TypeFor[I]().Name()
	return slices.ContainsFunc(removals, func(begin string) bool { return strings.HasPrefix(operation, begin) })
}
