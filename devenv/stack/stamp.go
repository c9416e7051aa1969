package stack

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])[:16]
}

// stamp returns a digest of everything that determines the output of b: the build options, the
// sources of its module, and go.sum.
func (b build) stamp(root string) (string, error) {
	if !b.stamped {
		return "", nil
	}
	files := []string{"go.mod", "go.sum"}
	sources, err := filepath.Glob(filepath.Join(root, b.module, "*.go"))
	if err != nil {
		return "", err
	}
	for _, source := range sources {
		files = append(files, filepath.Base(source))
	}
	all := []byte(runtime.Version() + runtime.GOOS + runtime.GOARCH + b.ldflags)
	for _, name := range files {
		raw, err := os.ReadFile(filepath.Join(root, b.module, name))
		if err != nil {
			return "", fmt.Errorf("reading the sources of %s: %w", b.module, err)
		}
		all = fmt.Appendf(all, "%s %d\n%s", name, len(raw), raw)
	}
	return digest(all), nil
}

// readStamp returns the stamp of the output at path, or "" without one.
func readStamp(path string) string {
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	raw, _ := os.ReadFile(path + ".stamp")
	return strings.TrimSpace(string(raw))
}

func writeStamp(path, stamp string) error {
	return os.WriteFile(path+".stamp", []byte(stamp+"\n"), 0o644)
}

// binary is a program as an environment runs it.
type binary struct{ path, version string }

// linkBinaries gives the environment in dir its own links to the programs, with the version in each
// name. A later build therefore does not change the program of a restarted part, and an outdated
// part is visible.
func linkBinaries(root, dir string) (map[string]binary, error) {
	programs := map[string]binary{}
	for _, name := range []string{Etcd, APIServer, Temporal, Gateway, Bridge, Namespaces, "worker", "starter"} {
		from := filepath.Join(binDir(root), name)
		version := readStamp(from)
		if version == "" {
			var err error
			if version, err = digestFile(from); err != nil {
				return nil, err
			}
		}
		to := filepath.Join(dir, "bin", name+"-"+version)
		if err := link(from, to); err != nil {
			return nil, fmt.Errorf("linking %s: %w", name, err)
		}
		programs[name] = binary{path: to, version: version}
	}
	version, err := motoVersion(root)
	if err != nil {
		return nil, fmt.Errorf("reading moto's version: %w", err)
	}
	programs[Moto] = binary{path: filepath.Join(binDir(root), motoServer), version: version}
	return programs, nil
}

func digestFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil))[:16], nil
}

func link(from, to string) error {
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if os.Link(from, to) == nil {
		return nil
	}
	// The state folder may be on another file system.
	raw, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to+".tmp", raw, 0o755); err != nil {
		return err
	}
	return os.Rename(to+".tmp", to)
}

// pruneLinks removes the links in dir that no spec uses. It keeps the starter's newest link: the
// starter runs, but is not a part.
func pruneLinks(dir string, used []spec, starter string) {
	keep := map[string]bool{starter: true}
	for _, s := range used {
		keep[s.Path] = true
	}
	links, _ := filepath.Glob(filepath.Join(dir, "bin", "*"))
	for _, l := range links {
		if !keep[l] {
			_ = os.Remove(l)
		}
	}
}
