package main

import (
	"flag"
	"os"
	"testing"

	"github.com/tack-dev/tack/k8sbridge/ackflags"
)

// The bridge has each flag of ACK that the table marks as the same, and no other: the guide is right, and no
// flag of ACK has another meaning here.
func TestFlagsOfACK(t *testing.T) {
	flags, given := flag.CommandLine, os.Args
	t.Cleanup(func() { flag.CommandLine, os.Args = flags, given })
	flag.CommandLine, os.Args = flag.NewFlagSet("k8sbridge", flag.ExitOnError), []string{"k8sbridge"}
	parse()
	for _, f := range ackflags.All() {
		if has := flag.CommandLine.Lookup(f.Name) != nil; has != f.Same {
			t.Errorf("--%s: the bridge has it: %t, the table says %t", f.Name, has, f.Same)
		}
	}
}
