package gateway

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// This test runs tackmoto's tests in Python. One of them fails when a new moto changes
// a function that tackmoto replaces.
func TestTackmoto(t *testing.T) {
	server := os.Getenv("TACK_MOTO")
	if server == "" {
		t.Skip("TACK_MOTO doesn't name a tack_moto to test against")
	}
	t.Parallel()
	script, err := os.ReadFile(server)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(script), "\n")
	python, ok := strings.CutPrefix(first, "#!")
	if !ok {
		t.Fatalf("%s begins with %q, want the Python that it runs on", server, first)
	}
	root := filepath.Join("..", "moto")
	test := exec.Command(python, "-B", "-m", "unittest", "discover", "-s", "tests", "-t", ".")
	test.Dir = root
	if output, err := test.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}
