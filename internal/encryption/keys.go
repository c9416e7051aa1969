// Package encryption keeps what Tack puts into Temporal from being read there:
// with a file of keys every payload is encrypted, and decrypted where the same
// keys are. Bridge, worker, starter and replayer take them by one flag.
package encryption

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// keySize is that of AES-256.
const keySize = 32

// keyID is what the id of a key may look like: it stands in every payload.
var keyID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// Keys are the keys of one file. The first encrypts, all decrypt. Without keys
// nothing is encrypted; the zero value is that.
type Keys struct {
	first string // id of the key that encrypts
	byID  map[string]cipher.AEAD
}

// Encrypt says whether payloads are encrypted.
func (k Keys) Encrypt() bool { return k.first != "" }

// Load reads the keys in the file at path; an empty path gives no keys. A file
// that everybody on the machine may read is refused.
func Load(path string) (Keys, error) {
	if path == "" {
		return Keys{}, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return Keys{}, fmt.Errorf("reading the payload keys: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Keys{}, fmt.Errorf("reading the payload keys: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o007 != 0 {
		return Keys{}, fmt.Errorf("reading the payload keys: %s has mode %04o, so that everybody on this machine may use it: run chmod o-rwx %s (in a Secret volume of Kubernetes: defaultMode 0440, and fsGroup)", path, mode, path)
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(f); err != nil {
		return Keys{}, fmt.Errorf("reading the payload keys: %w", err)
	}
	return Parse(path, text.Bytes())
}

// Parse reads keys from the text of a file, whose name is for errors only. Each
// line is a key, "<id> <32 bytes in base64>"; empty lines and those that begin
// with # do not count. No error repeats what a line holds.
func Parse(name string, text []byte) (Keys, error) {
	k := Keys{byID: map[string]cipher.AEAD{}}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := k.add(line); err != nil {
			return Keys{}, fmt.Errorf("reading the payload keys: %s, line %d: %w", name, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return Keys{}, fmt.Errorf("reading the payload keys: %s: %w", name, err)
	}
	if k.first == "" {
		return Keys{}, fmt.Errorf(`reading the payload keys: %s holds no key: add one by echo "key-1 $(openssl rand -base64 32)"`, name)
	}
	return k, nil
}

func (k *Keys) add(line string) error {
	words := strings.Fields(line)
	if len(words) != 2 {
		return fmt.Errorf("it has %d words: want the id of a key and the key, such as the output of openssl rand -base64 32", len(words))
	}
	id := words[0]
	if !keyID.MatchString(id) {
		return fmt.Errorf("the first word is no id of a key: want up to 63 letters, digits, dots, dashes and underscores")
	}
	if _, twice := k.byID[id]; twice {
		return fmt.Errorf("key %s is there already: give each key an id of its own, and never one that was used before", id)
	}
	raw, err := base64.StdEncoding.DecodeString(words[1])
	if err != nil {
		return fmt.Errorf("key %s is not in base64: make one by openssl rand -base64 32", id)
	}
	if len(raw) != keySize {
		return fmt.Errorf("key %s has %d bytes, AES-256 takes %d: make one by openssl rand -base64 32", id, len(raw), keySize)
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return fmt.Errorf("key %s: %w", id, err)
	}
	// The nonce is random, and at the head of what it makes: processes share a
	// key, and could not share a counter.
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return fmt.Errorf("key %s: %w", id, err)
	}
	k.byID[id] = aead
	if k.first == "" {
		k.first = id
	}
	return nil
}
