package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The database is in WAL mode. SQLite ignores a pragma that it does not
// understand, and each transaction then waits for the disk.
func TestDatabaseIsInWALMode(t *testing.T) {
	o, err := parse([]string{"--db-filename", filepath.Join(t.TempDir(), "temporal.db")})
	if err != nil {
		t.Fatal(err)
	}
	if err := prepare(o, sqlConfig(o)); err != nil {
		t.Fatal(err)
	}
	header, err := os.ReadFile(o.dbFilename)
	if err != nil {
		t.Fatal(err)
	}
	// The file format's versions for writing and reading: 2 means WAL.
	if header[18] != 2 || header[19] != 2 {
		t.Errorf("the file has the versions %d and %d, want 2", header[18], header[19])
	}
}
