// Package houserules holds no code, only tests of rules that hold for the whole
// repository: which package may import which, names, sizes, comments. A rule
// that no test holds is not written down.
package houserules
