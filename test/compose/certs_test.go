package compose

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// scripts is the folder of the scripts and settings that docker-compose.yaml mounts.
var scripts = filepath.Join("..", "..", "devenv", "compose")

// create runs the program of kube-certs like the container, except for its folders and owner.
func create(t *testing.T, program, pki, clients, bridge string) {
	t.Helper()
	args := append(slices.Clone([]string(load(t, content(t)).Services["kube-certs"].Command)),
		"--pki="+pki, "--clients="+clients, "--bridge="+bridge, fmt.Sprint("--owner=", os.Getuid()))
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestKubeCerts(t *testing.T) {
	program := filepath.Join(t.TempDir(), "kubecerts")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", program, "./devenv/compose/kubecerts")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	pki, clients, bridge := t.TempDir(), t.TempDir(), t.TempDir()
	create(t, program, pki, clients, bridge)

	pair, err := tls.LoadX509KeyPair(filepath.Join(pki, "serving.crt"), filepath.Join(pki, "serving.key"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(read(t, pki, "ca.crt")) {
		t.Fatal("ca.crt contains no certificate")
	}
	for _, host := range []string{"kube-apiserver", "localhost", "127.0.0.1"} {
		if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: host}); err != nil {
			t.Errorf("as %s: %v", host, err)
		}
	}

	token, _, _ := strings.Cut(string(read(t, pki, "tokens.csv")), ",")
	for name, server := range map[string]string{
		"kubeconfig": "https://kube-apiserver:6443", "host.kubeconfig": "https://127.0.0.1:6443",
	} {
		config := string(read(t, clients, name))
		if len(token) < 26 || !strings.Contains(config, "token: "+token+"\n") {
			t.Errorf("%s does not have the token %q of tokens.csv", name, token)
		}
		if !strings.Contains(config, "server: "+server+"\n") {
			t.Errorf("%s does not name %s", name, server)
		}
	}
	tokens := string(read(t, pki, "tokens.csv"))
	_, line, _ := strings.Cut(tokens, "\n")
	own, identity, _ := strings.Cut(line, ",")
	config := string(read(t, bridge, "kubeconfig"))
	if own == token || len(own) < 26 || !strings.Contains(config, "token: "+own+"\n") || strings.Contains(config, token) {
		t.Errorf("the bridge does not have its own token: %s", config)
	}
	if !strings.HasPrefix(identity, "system:serviceaccount:ack-system:tack-k8sbridge,") || strings.Contains(identity, "masters") {
		t.Errorf("the bridge is %s", identity)
	}
	for _, dir := range []string{pki, clients, bridge} {
		for _, name := range fileNames(t, dir) {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil || info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s is readable by others: %v, %v", name, info.Mode(), err)
			}
		}
	}

	before := read(t, pki, "serving.crt")
	create(t, program, pki, clients, bridge)
	if !bytes.Equal(before, read(t, pki, "serving.crt")) {
		t.Error("a second run creates different certificates")
	}
}

func fileNames(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
