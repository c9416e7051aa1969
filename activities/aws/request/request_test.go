package request

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompact(t *testing.T) {
	type inner struct{ List []string }
	type kindOf string
	for name, test := range map[string]struct {
		in   any
		want string
	}{
		"nothing":     {inner{}, `{}`},
		"nil":         {nil, `{}`},
		"sorted keys": {map[string]any{"b": 1, "a": "x"}, `{"a":"x","b":1}`},
		"nested":      {map[string]any{"a": inner{}, "b": []inner{{}, {List: []string{"x"}}}}, `{"b":[{"List":["x"]}]}`},
		"zeros stay":  {map[string]any{"port": 0, "on": false, "text": ""}, `{"on":false,"port":0,"text":""}`},
		"an enum not set": {&struct {
			Kind  kindOf
			Text  *string
			Inner []struct{ Kind kindOf }
		}{Text: new(""), Inner: []struct{ Kind kindOf }{{""}, {"x"}}}, `{"Inner":[{"Kind":"x"}],"Text":""}`},
		"enums in lists and maps stay": {struct {
			List []kindOf
			Map  map[string]kindOf
		}{[]kindOf{""}, map[string]kindOf{"a": ""}}, `{"List":[""],"Map":{"a":""}}`},
		"empty objects": {map[string]any{"a": map[string]any{"b": map[string]any{}}}, `{}`},
	} {
		if diff := cmp.Diff(test.want, string(Compact(test.in))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
