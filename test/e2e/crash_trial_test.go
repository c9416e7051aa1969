package e2e

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tack-dev/tack/devenv/stack"
)

// trial is the result of all rows so far. The results of -crash.all are stored in a file, so that
// the next call continues where this one stopped. The file belongs to the current programs and
// tests.
type trial struct {
	seed   uint64
	began  time.Time
	digest string

	mu       sync.Mutex
	expected []phase
	outcomes map[string]outcome
	file     *os.File // nil: nothing is stored
}

// outcome is a line of the file: the seed first, then one line per row.
type outcome struct {
	Row     string    `json:"row,omitempty"`
	Passed  bool      `json:"passed,omitempty"`
	Seconds float64   `json:"seconds,omitempty"`
	Time    time.Time `json:"time"`
	Seed    uint64    `json:"seed,omitempty"`
}

func newTrial(t *testing.T) *trial {
	t.Helper()
	tried := &trial{seed: *crashSeed, began: time.Now(), outcomes: map[string]outcome{}}
	var err error
	if tried.digest, err = digestOfPrograms(); err != nil {
		t.Fatalf("reading the programs under test: %v", err)
	}
	if !*crashAll || *crashOnly != "" {
		t.Logf("repeat this slice with -crash.seed=%d", tried.seed)
		return tried
	}
	name := tried.digest
	if *crashKinds != "" {
		name += fmt.Sprintf("-%x", sha256.Sum256([]byte(*crashKinds)))[:9]
	}
	path := filepath.Join(crashDir(t), name+".jsonl")
	if *crashFresh {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if tried.file, err = os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tried.file.Close() })
	if err := tried.readBack(); err != nil {
		t.Fatalf("reading %s: %v", path, err)
	}
	*crashSeed = tried.seed
	t.Logf("%d rows have already run: %s", len(tried.outcomes), path)
	return tried
}

// readBack reads the results of an earlier call.
func (tried *trial) readBack() error {
	lines := bufio.NewScanner(tried.file)
	for lines.Scan() {
		var o outcome
		if json.Unmarshal(lines.Bytes(), &o) != nil {
			continue // the rest of a line after a kill
		}
		if o.Seed != 0 {
			tried.seed = o.Seed
		}
		if o.Row != "" {
			tried.outcomes[o.Row] = o
		}
	}
	if len(tried.outcomes) == 0 {
		return errors.Join(lines.Err(), tried.write(outcome{Seed: tried.seed, Time: time.Now()}))
	}
	return lines.Err()
}

func (tried *trial) write(o outcome) error {
	line, err := json.Marshal(o)
	if err == nil {
		_, err = tried.file.Write(append(line, '\n'))
	}
	return err
}

func (tried *trial) expects(phases []phase) {
	tried.mu.Lock()
	defer tried.mu.Unlock()
	tried.expected = phases
}

// done reports whether the row has run. A failed row does not run again automatically: its failure
// would be lost.
func (tried *trial) done(r row) bool {
	tried.mu.Lock()
	defer tried.mu.Unlock()
	_, done := tried.outcomes[r.name()]
	return done
}

func (tried *trial) note(t *testing.T, r row, passed bool, took time.Duration) {
	tried.mu.Lock()
	defer tried.mu.Unlock()
	o := outcome{Row: r.name(), Passed: passed, Seconds: took.Seconds(), Time: time.Now()}
	tried.outcomes[o.Row] = o
	if tried.file == nil {
		return
	}
	if err := tried.write(o); err != nil {
		t.Errorf("storing the outcome of %s: %v", o.Row, err)
	}
}

// finish logs the result, and writes the report for -crash.all.
func (tried *trial) finish(t *testing.T) {
	t.Helper()
	tried.mu.Lock()
	defer tried.mu.Unlock()
	rows := 0
	for _, p := range tried.expected {
		rows += len(p.rows)
	}
	t.Logf("%d of %d rows run, this time in %s", len(tried.outcomes), rows, time.Since(tried.began).Round(time.Second))
	if len(tried.outcomes) == 0 {
		t.Errorf("no row has run")
	}
	if tried.file == nil {
		return
	}
	path := *crashReport
	if path == "" {
		path = filepath.Join(crashDir(t), "report.md")
	}
	if err := os.WriteFile(path, []byte(tried.report()), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("report: %s", path)
	for _, o := range tried.outcomes {
		if !o.Passed {
			t.Errorf("failed: %s", o.Row)
		}
	}
}

// crashDir returns the folder for outcomes, the report and the data of failed rows.
func crashDir(t *testing.T) string {
	t.Helper()
	root, err := stack.Root()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, ".tack", "crash")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// digestOfPrograms distinguishes the programs under test, and the tests, from all others.
func digestOfPrograms() (string, error) {
	root, err := stack.Root()
	if err != nil {
		return "", err
	}
	tests, err := os.Executable()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, path := range []string{
		tests, filepath.Join(root, ".tack", "bin", "worker"), filepath.Join(root, ".tack", "bin", stack.Bridge), filepath.Join(root, ".tack", "bin", stack.Gateway),
	} {
		f, err := os.Open(path)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(sum, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:6]), nil
}
