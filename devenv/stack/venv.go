package stack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func venvDir(root string) string { return filepath.Join(root, ".tack", "venv") }

// makeVenv installs moto, pinned with hashes, into the repository's virtual environment. If a
// symbolic link leads to it, it belongs to another repository. makeVenv then uses it if its pins
// match, and never writes to it.
func makeVenv(ctx context.Context, root string, out *progress, busy *activity) error {
	requirements := filepath.Join(root, "devenv", "moto", "requirements.txt")
	raw, err := os.ReadFile(requirements)
	if err != nil {
		return fmt.Errorf("reading moto's requirements: %w", err)
	}
	dir := venvDir(root)
	place, linked, err := behindLinks(root, dir)
	if err != nil {
		return fmt.Errorf("installing moto: %w", err)
	}
	// Its scripts contain its path, so a repository that was moved needs a new one.
	want := digest(append([]byte(place+"\n"), raw...))
	if readStamp(place) == want {
		return nil
	}
	if linked {
		return fmt.Errorf("installing moto: a symbolic link leads from %s to %s, which does not match %s. This command does not change it: install moto there (make up), or remove the link", dir, place, requirements)
	}
	if err = os.RemoveAll(dir); err != nil {
		return err
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		return fmt.Errorf("installing moto: it needs python3: %w", err)
	}
	took := busy.begin("installing moto")
	defer took()
	for _, args := range [][]string{
		{python, "-m", "venv", dir},
		{filepath.Join(dir, "bin", "python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet", "--require-hashes", "-r", requirements},
	} {
		output, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("installing moto: running %q: %w\n%s", args, err, bytes.TrimSpace(output))
		}
	}
	out.printf("installed moto in %s", elapsed(took()))
	return writeStamp(dir, want)
}

// behindLinks returns the real path of dir, and whether a symbolic link below root leads there.
// Links above root do not count.
func behindLinks(root, dir string) (place string, linked bool, err error) {
	below, err := filepath.Rel(root, dir)
	if err != nil {
		return "", false, err
	}
	at := root
	for name := range strings.SplitSeq(filepath.ToSlash(below), "/") {
		at = filepath.Join(at, name)
		var info fs.FileInfo
		info, err = os.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return dir, linked, nil
		case err != nil:
			return "", false, err
		case info.Mode()&fs.ModeSymlink == 0:
			continue
		}
		linked = true
		if _, err = os.Stat(at); err != nil {
			return "", true, fmt.Errorf("following the symbolic link %s: %w; remove it", at, err)
		}
	}
	if !linked {
		return dir, false, nil
	}
	place, err = filepath.EvalSymlinks(dir)
	return place, true, err
}
