package resource

import "testing"

func TestIgnores(t *testing.T) {
	for name, test := range map[string]struct {
		object Object
		want   bool
	}{
		"nothing made, so what AWS has comes from others": {Object{}, true},
		"an unclear create":          {Object{Claim: &Claim{Request: "r"}}, false},
		"made, steps may be missing": {Object{Claim: &Claim{Request: "r", ID: "rtb-1"}}, false},
		"made and Synced":            {Object{Claim: &Claim{Request: "r", ID: "rtb-1"}, Synced: "rtb-1"}, true},
		"made anew":                  {Object{Claim: &Claim{Request: "r", ID: "rtb-2"}, Synced: "rtb-1"}, false},
		"adopted":                    {Object{Claim: &Claim{ID: "rtb-1", Adopted: true}}, true},
		"adopted after a lost claim": {Object{Claim: &Claim{Request: "r", ID: "rtb-1", Adopted: true}}, true},
		"found by its owner tag":     {Object{Claim: &Claim{ID: "rtb-1"}}, true},
	} {
		test.object.Ignored = []string{"spec.routes"}
		if got := len(test.object.Ignores()) > 0; got != test.want {
			t.Errorf("%s: ignores %t, want %t", name, got, test.want)
		}
	}
}

func TestCovers(t *testing.T) {
	fields := []string{"spec.routes", "spec.options.dns"}
	for path, want := range map[string]bool{
		"spec.routes":                true,
		"spec.routes[0].gatewayRef":  true,
		"spec.routes.x":              true,
		"spec.routesOfOthers":        false,
		"spec.options":               false,
		"spec.options.dns":           true,
		"spec.options.dnsPreference": false,
		"spec":                       false,
		"":                           false,
	} {
		if got := Covers(fields, path); got != want {
			t.Errorf("%s: %t, want %t", path, got, want)
		}
	}
}
