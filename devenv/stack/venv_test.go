package stack

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A virtual environment of another repository is used unchanged or not at all: this repository
// never writes to it or to its stamp.
func TestVenvBehindALinkIsNotWrittenTo(t *testing.T) {
	const requirements = "moto==1"
	for name, c := range map[string]struct {
		link  func(root, other string) (from, to string)
		stamp func(venv string) string
		want  string // in the error; empty: the environment is used
	}{
		"the folder, without a stamp": {
			func(root, other string) (string, string) {
				return filepath.Join(root, ".tack", "venv"), filepath.Join(other, "venv")
			},
			nil, "symbolic link",
		},
		"the folder above, without a stamp": {
			func(root, other string) (string, string) { return filepath.Join(root, ".tack"), other },
			nil, "symbolic link",
		},
		"the folder, as pinned": {
			func(root, other string) (string, string) {
				return filepath.Join(root, ".tack", "venv"), filepath.Join(other, "venv")
			},
			func(venv string) string { return digest([]byte(venv + "\n" + requirements)) }, "",
		},
		"the folder above, of another pin": {
			func(root, other string) (string, string) { return filepath.Join(root, ".tack"), other },
			func(venv string) string { return digest([]byte(venv + "\nmoto==2")) }, "symbolic link",
		},
		"a link to nothing": {
			func(root, other string) (string, string) {
				return filepath.Join(root, ".tack", "venv"), filepath.Join(other, "gone")
			},
			nil, "remove it",
		},
	} {
		t.Run(name, func(t *testing.T) {
			root, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			other := filepath.Join(root, "other", ".tack")
			root = filepath.Join(root, "ours")
			write(t, filepath.Join(root, "devenv", "moto", "requirements.txt"), requirements)
			moto := filepath.Join(other, "venv", "bin", "moto_server")
			write(t, moto, "theirs")
			from, to := c.link(root, other)
			if err := os.MkdirAll(filepath.Dir(from), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(to, from); err != nil {
				t.Fatal(err)
			}
			if c.stamp != nil {
				if err := writeStamp(filepath.Join(other, "venv"), c.stamp(filepath.Join(other, "venv"))); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", "") // nothing is installed in any case
			err = makeVenv(t.Context(), root, newProgress(io.Discard), &activity{})
			if (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("making it: %v, want %q", err, c.want)
			}
			if raw, err := os.ReadFile(moto); err != nil || string(raw) != "theirs" {
				t.Errorf("the target of the link was changed: %q, %v", raw, err)
			}
			if _, err := os.Readlink(from); err != nil {
				t.Errorf("the link was changed: %v", err)
			}
		})
	}
}
