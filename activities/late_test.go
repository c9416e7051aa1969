package activities

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the spec sets stays out, be it false or empty; so does what AWS has not got.
func TestLateFieldsThatAreMissing(t *testing.T) {
	type thing struct {
		path    *string
		seconds *int32
		on      bool
	}
	late := Late[thing]{
		"path":    func(got *thing) any { return got.path },
		"seconds": func(got *thing) any { return got.seconds },
		"on":      func(got *thing) any { return got.on },
		"options": func(*thing) any { return struct{ Configured *bool }{new(false)} },
		"unknown": func(*thing) any { return nil },
	}
	for name, test := range map[string]struct {
		late Late[thing]
		spec string
		got  thing
		want string
	}{
		"all":                {late, `{"name":"x"}`, thing{path: new("/"), seconds: new(int32(3600))}, `{"on":false,"options":{"Configured":false},"path":"/","seconds":3600}`},
		"none that AWS has":  {late, `{"on":true,"options":{}}`, thing{}, ``},
		"null is not set":    {late, `{"on":true,"options":{},"path":null}`, thing{path: new("/a/")}, `{"path":"/a/"}`},
		"empty is set":       {late, `{"on":false,"options":{"Configured":true},"path":"","seconds":0}`, thing{path: new("/"), seconds: new(int32(1))}, ``},
		"no such fields":     {nil, `{}`, thing{path: new("/")}, ``},
		"a spec left out":    {late, `null`, thing{on: true}, `{"on":true,"options":{"Configured":false}}`},
		"the user's is kept": {late, `{"path":"/b/","on":true,"options":{}}`, thing{path: new("/a/"), seconds: new(int32(2))}, `{"seconds":2}`},
	} {
		if diff := cmp.Diff(test.want, string(test.late.missing(json.RawMessage(test.spec), &test.got))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
