package stack

import (
	"fmt"
	"os"
	"path/filepath"
)

// motoServer is the script that starts moto with our patches.
const motoServer = "tack_moto"

// patches is the folder of the package tackmoto, which patches moto.
func patches(root string) string { return filepath.Join(root, "devenv", "moto") }

// writeMotoServer writes the script outside the virtual environment, which checkouts may share. The
// script runs the patches from their source folder: an edit takes effect at moto's next start.
func writeMotoServer(root string) error {
	venv, _, err := behindLinks(root, venvDir(root))
	if err != nil {
		return fmt.Errorf("finding moto: %w", err)
	}
	script := fmt.Sprintf("#!%s\nimport sys\n\nsys.dont_write_bytecode = True\nsys.path.insert(0, %q)\nfrom tackmoto.__main__ import main\n\nmain()\n",
		filepath.Join(venv, "bin", "python"), patches(root))
	return os.WriteFile(filepath.Join(binDir(root), motoServer), []byte(script), 0o755)
}

// motoVersion is the version of moto with our patches: a digest of all their sources.
func motoVersion(root string) (string, error) {
	venv, _, err := behindLinks(root, venvDir(root))
	if err != nil {
		return "", err
	}
	files, err := filepath.Glob(filepath.Join(patches(root), "tackmoto", "*.[jp]*")) // Python and JSON
	if err != nil {
		return "", err
	}
	all := []byte(readStamp(venv))
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		all = append(all, raw...)
	}
	return digest(all), nil
}
