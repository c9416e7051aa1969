// Package encryption encrypts the payloads that Tack stores in Temporal. With a file of keys every
// payload is encrypted, and programs with the same keys decrypt it. Bridge, worker, starter and
// replayer read the keys from the file that one flag names.
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

// keySize is the key size of AES-256.
const keySize = 32

// keyID is the pattern of a key id, which every payload contains.
var keyID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// Keys are the keys of one file. The first encrypts and all decrypt. The zero value has no keys,
// and encrypts nothing.
type Keys struct {
	first string // id of the key that encrypts
	byID  map[string]cipher.AEAD
}

// Encrypt reports whether payloads are encrypted.
func (k Keys) Encrypt() bool { return k.first != "" }

// Load reads the keys in the file at path; an empty path gives no keys. It refuses a file that
// everybody on the machine can read.
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
		return Keys{}, fmt.Errorf("reading the payload keys: %s has mode %04o, so everybody on this machine can use it. Run chmod o-rwx %s (in a Secret volume of Kubernetes: set defaultMode 0440 and fsGroup)", path, mode, path)
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(f); err != nil {
		return Keys{}, fmt.Errorf("reading the payload keys: %w", err)
	}
	return Parse(path, text.Bytes())
}

// Parse reads keys from the text of a file; the file name is only for errors. Each line is a key,
// "<id> <32 bytes in base64>"; empty lines and lines that begin with # are ignored. Errors never
// repeat the content of a line.
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
		return Keys{}, fmt.Errorf(`reading the payload keys: %s holds no key: add one with: echo "key-1 $(openssl rand -base64 32)"`, name)
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
		return fmt.Errorf("the first word is not a key id: want up to 63 letters, digits, dots, dashes and underscores")
	}
	if _, twice := k.byID[id]; twice {
		return fmt.Errorf("key %s is already in the file: give each key its own id, and never reuse an id", id)
	}
	raw, err := base64.StdEncoding.DecodeString(words[1])
	if err != nil {
		return fmt.Errorf("key %s is not in base64: make one with: openssl rand -base64 32", id)
	}
	if len(raw) != keySize {
		return fmt.Errorf("key %s has %d bytes, AES-256 requires %d: make one with: openssl rand -base64 32", id, len(raw), keySize)
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return fmt.Errorf("key %s: %w", id, err)
	}
	// The nonce is random and precedes the ciphertext: several processes use one key and cannot
	// share a counter.
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
