// Package bench measures Tack on the real stack: the time and the AWS calls of one group, the time
// and CPU of 200 groups together, and the recovery after faults. Run it with `make bench`;
// docs/benchmarks.md explains the figures. The benchmarks check correctness and only report times.
package bench
