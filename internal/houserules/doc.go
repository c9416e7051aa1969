// Package houserules contains only tests of rules that apply to the whole repository: allowed
// imports, names, sizes, comments. A rule that no test checks is not written down.
package houserules
