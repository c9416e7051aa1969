package stack

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

func venvDir(root string) string { return filepath.Join(root, ".tack", "venv") }

// makeVenv installs moto, pinned with hashes, into a virtual environment of the
// repository's own.
func makeVenv(ctx context.Context, root string, out *progress, busy *activity) error {
	requirements := filepath.Join(root, "devenv", "moto", "requirements.txt")
	raw, err := os.ReadFile(requirements)
	if err != nil {
		return fmt.Errorf("reading moto's requirements: %w", err)
	}
	dir := venvDir(root)
	// The scripts in it name its path, so a repository that was moved needs another.
	want := digest(append([]byte(dir+"\n"), raw...))
	if readStamp(dir) == want {
		return nil
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
