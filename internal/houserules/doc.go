// Package houserules contains only tests of rules that apply to the whole repository: allowed
// imports, names, sizes, comments, documents. CONTRIBUTING.md lists the rules of style that only
// reviewers can check.
package houserules
