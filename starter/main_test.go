package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// An error in a command line says what is wrong, and what is available instead.
func TestBadCommandLines(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "usage: starter"},
		{[]string{"explode"}, `no command "explode"`},
		{[]string{"reconcile", "ec2.Nothing", "a/b"}, "use one of ec2.VPC, ec2.SecurityGroup, "},
		{[]string{"reconcile", "ec2.VPC", "b"}, "want <namespace>/<name>"},
		{[]string{"reconcile", "--cluster=prod*1", "ec2.VPC", "a/b"}, `--cluster: "prod*1" cannot name a cluster`},
		{[]string{"reconcile", "ec2.VPC"}, "want <kind> <namespace>/<name>"},
		{[]string{"explain", "ec2.VPC"}, "explain: want <kind> <namespace>/<name>"},
		{[]string{"codec", "--listen=nowhere"}, "serving the codec"},
		{[]string{"codec", "--payload-keys=nowhere"}, "open nowhere"},
		{[]string{"deployment", "--payload-keys=nowhere"}, "open nowhere"},
		{[]string{"reconcile", "--payload-keys=nowhere", "ec2.VPC", "a/b"}, "open nowhere"},
		{[]string{"codec", "--payload-keys=" + keyFile(t), "--listen=nowhere"}, "serving the codec"},
	} {
		if err := run(t.Context(), c.args, io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want it to say %q", c.args, err, c.want)
		}
	}
}

// The error names a server that does not answer.
func TestNoServer(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
	err := run(t.Context(), []string{"reconcile", "vpc", "a/b"}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("got %v, want it to name the address", err)
	}
}

// A request for help prints the usage and succeeds.
func TestHelp(t *testing.T) {
	for _, arg := range []string{"help", "-h", "-help", "--help"} {
		var out bytes.Buffer
		if err := run(t.Context(), []string{arg}, &out); err != nil || out.String() != usage {
			t.Errorf("%s: got error %v and %q, want no error and the usage", arg, err, out.String())
		}
	}
}
