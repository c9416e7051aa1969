package late

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A field that the spec sets is left out, even if it is false or empty. So is one that AWS does not
// have.
func TestLateFieldsThatAreMissing(t *testing.T) {
	type thing struct {
		path    *string
		seconds *int32
		on      bool
	}
	fields := Fields[thing]{
		"path":    func(got *thing) any { return got.path },
		"seconds": func(got *thing) any { return got.seconds },
		"on":      func(got *thing) any { return got.on },
		"options": func(*thing) any { return struct{ Configured *bool }{new(false)} },
		"unknown": func(*thing) any { return nil },
	}
	for name, test := range map[string]struct {
		late Fields[thing]
		spec string
		got  thing
		want string
	}{
		"all":                {fields, `{"name":"x"}`, thing{path: new("/"), seconds: new(int32(3600))}, `{"on":false,"options":{"Configured":false},"path":"/","seconds":3600}`},
		"none that AWS has":  {fields, `{"on":true,"options":{}}`, thing{}, ``},
		"null is not set":    {fields, `{"on":true,"options":{},"path":null}`, thing{path: new("/a/")}, `{"path":"/a/"}`},
		"empty is set":       {fields, `{"on":false,"options":{"Configured":true},"path":"","seconds":0}`, thing{path: new("/"), seconds: new(int32(1))}, ``},
		"no such fields":     {nil, `{}`, thing{path: new("/")}, ``},
		"a spec left out":    {fields, `null`, thing{on: true}, `{"on":true,"options":{"Configured":false}}`},
		"the user's is kept": {fields, `{"path":"/b/","on":true,"options":{}}`, thing{path: new("/a/"), seconds: new(int32(2))}, `{"seconds":2}`},
	} {
		if diff := cmp.Diff(test.want, string(test.late.Missing(json.RawMessage(test.spec), &test.got))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestOf(t *testing.T) {
	type shown struct{ MaxSessionDuration *int32 }
	type thing struct {
		shown
		Path *string
	}
	fields := Of[thing]("path", "maxSessionDuration")
	got := thing{shown{new(int32(3600))}, new("/a/")}
	if diff := cmp.Diff(`{"maxSessionDuration":3600,"path":"/a/"}`, string(fields.Missing(json.RawMessage(`{}`), &got))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if missing := fields.Missing(json.RawMessage(`{"path":"/"}`), &thing{}); missing != nil {
		t.Errorf("AWS shows nothing: %s", missing)
	}
	defer func() {
		if recover() == nil {
			t.Error("a field that AWS does not have is accepted")
		}
	}()
	Of[thing]("name")
}
