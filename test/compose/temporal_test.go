package compose

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// temporalSources returns the sources of the server that the containers run.
func temporalSources(t *testing.T) string {
	t.Helper()
	m, err := newChecker(t).module(t.Context(), temporalServer.in, temporalServer.module)
	if err != nil {
		t.Fatal(err)
	}
	if m.dir == "" {
		t.Skipf("%s is not downloaded: run `make up`", temporalServer.module)
	}
	return m.dir
}

// The server ignores settings that it does not know.
func TestDynamicConfigIsKnown(t *testing.T) {
	known := string(read(t, filepath.Join(temporalSources(t), "common", "dynamicconfig"), "constants.go"))
	keys := regexp.MustCompile(`(?m)^([\w.]+):`).FindAllStringSubmatch(string(read(t, scripts, "dynamicconfig.yaml")), -1)
	if len(keys) == 0 {
		t.Error("dynamicconfig.yaml sets nothing")
	}
	for _, key := range keys {
		if !strings.Contains(known, `"`+key[1]+`"`) {
			t.Errorf("Temporal has no setting %s", key[1])
		}
	}
}

// The image has the schemas at the same relative paths as the sources, below /etc/temporal.
func TestSchemasExist(t *testing.T) {
	sources := temporalSources(t)
	script := string(read(t, scripts, "temporal-schema.sh"))
	m := regexp.MustCompile(`"/etc/temporal/(schema/\S+)/\$kind/versioned"`).FindStringSubmatch(script)
	if m == nil {
		t.Fatal("temporal-schema.sh names no folder of schemas")
	}
	for _, kind := range []string{"temporal", "visibility"} {
		if _, err := os.Stat(filepath.Join(sources, m[1], kind, "versioned")); err != nil {
			t.Error(err)
		}
	}
}

// The databases have the server's default names, which the compose file leaves unchanged.
func TestDatabaseNames(t *testing.T) {
	server := string(read(t, temporalSources(t), filepath.FromSlash(temporalServer.files)))
	for variable, name := range map[string]string{"DBNAME": "temporal", "VISIBILITY_DBNAME": "temporal_visibility"} {
		if !strings.Contains(server, `default "`+name+`" (env "`+variable+`")`) {
			t.Errorf("the server's default for %s is not %s", variable, name)
		}
		if !strings.Contains(string(read(t, scripts, "temporal-schema.sh")), "database="+name+"\n") {
			t.Errorf("temporal-schema.sh does not create %s", name)
		}
	}
}
