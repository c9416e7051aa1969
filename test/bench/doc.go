// Package bench measures Tack on the real stack: time and AWS calls of one group, time and CPU
// of 200 groups, and the recovery after faults. Run it with `make bench`; docs/benchmarks.md
// explains the figures. The benchmarks check correctness and only report times.
package bench
