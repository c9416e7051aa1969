package encryption

import (
	"encoding/base64"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// line returns a key as a line of a key file.
func line(id, fill string) string {
	return id + " " + base64.StdEncoding.EncodeToString([]byte(strings.Repeat(fill, keySize)))
}

func parse(t *testing.T, lines ...string) Keys {
	t.Helper()
	keys, err := Parse("keys", []byte(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// An error in a key file names the file and the line and says what to do. It never contains the
// key.
func TestBadFiles(t *testing.T) {
	short := base64.StdEncoding.EncodeToString([]byte("too short"))
	for name, c := range map[string]struct{ text, want string }{
		"empty":         {"", "keys holds no key: add one with"},
		"comments only": {"# none\n\n", "keys holds no key"},
		"one word":      {"# old\nkey-1", "keys, line 2: it has 1 words"},
		"three words":   {line("a", "x") + " more", "keys, line 1: it has 3 words"},
		"bad id":        {line("a/b", "x"), "keys, line 1: the first word is not a key id"},
		"long id":       {line(strings.Repeat("a", 64), "x"), "keys, line 1: the first word is not a key id"},
		"twice":         {line("a", "x") + "\n" + line("a", "y"), "keys, line 2: key a is already in the file"},
		"no base64":     {"a secretsecret!", "keys, line 1: key a is not in base64"},
		"short":         {"a " + short, "keys, line 1: key a has 9 bytes, AES-256 requires 32"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("keys", []byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want it to say %q", err, c.want)
			}
			for _, secret := range []string{"secretsecret", short} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error contains the key: %v", err)
				}
			}
		})
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a missing file: %v", err)
	}
	if err := os.WriteFile(path, []byte("# the newest first\n\n"+line("b", "x")+"\r\n"+line("a", "y")), 0o600); err != nil {
		t.Fatal(err)
	}
	keys, err := Load(path)
	if err != nil || keys.first != "b" || len(keys.byID) != 2 {
		t.Errorf("got %+v, %v", keys, err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "chmod o-rwx "+path) {
		t.Errorf("a file that everybody can read: %v", err)
	}
	if err := os.Chmod(path, 0o440); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err != nil {
		t.Errorf("a file that a group can read, as Kubernetes mounts it with fsGroup: %v", err)
	}
	if keys, err := Load(""); err != nil || keys.Encrypt() {
		t.Errorf("no file: %+v, %v", keys, err)
	}
}

// The help of a program shows the flag with the name of its argument.
func TestFlagNamesItsArgument(t *testing.T) {
	flags := flag.NewFlagSet("program", flag.ContinueOnError)
	Flag(flags)
	argument, text := flag.UnquoteUsage(flags.Lookup("payload-keys"))
	if want := "FILE with the keys"; argument != "FILE" || !strings.HasPrefix(text, want) {
		t.Errorf("got the argument %q and the text %q, want FILE and a text that begins with %q", argument, text, want)
	}
}
