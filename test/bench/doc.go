// Package bench measures Tack on the real stack: how long a group takes, how many AWS calls it
// costs, how long 200 groups take together, which part uses the CPU, and how fast Tack recovers.
// Run it with `make bench`; docs/benchmarks.md explains the figures. The benchmarks check
// correctness and only report times.
package bench
