// Package bench measures Tack on the real stack: how long a group takes, what it
// costs in AWS calls, what 200 of them take at once and whose CPU that is, and
// how fast it recovers. Run it by `make bench`; docs/benchmarks.md explains the
// figures. Correctness is checked on the way, times are only reported.
package bench
