package export

import (
	"encoding/base64"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/resource"
)

// plan is what follows for the target of a FieldExport.
type plan struct {
	write bool            // the key needs the value
	force bool            // it is owned by FieldExports that no longer ask for it, or by ACK's
	done  resource.Report // the state after that
}

// planFor compares the key in the target with the value. claims returns the managers that present
// FieldExports use. It is called only if the key belongs to another FieldExport.
func planFor(w wish, value string, u *unstructured.Unstructured, claims func() (map[string]string, error)) (plan, error) {
	synced := plan{done: resource.Report{State: resource.Synced}}
	is, exists := valueIn(u, w.target, w.key)
	if !exists {
		synced.write = true
		return synced, nil
	}
	o := ownersOf(u, w)
	if len(o.others) > 0 {
		present, err := claims()
		if err != nil {
			return plan{}, err
		}
		for _, manager := range o.others {
			if other := present[manager]; other != "" {
				return plan{done: *report(resource.Blocked, resource.ReasonKeyOwned,
					"FieldExport %s writes key %s of %s: choose another key with spec.to.key, or delete that FieldExport", other, w.key, w.target)}, nil
			}
		}
	}
	strangers := o.strangersFor(w)
	switch {
	case is == value:
		synced.write = o.onlyACK()
	case len(strangers) > 0:
		return plan{done: *owned(w, "which is owned by field manager "+strings.Join(strangers, ", "))}, nil
	case !o.mine && !o.ack && len(o.others) == 0:
		return plan{done: *owned(w, "of unknown origin")}, nil
	default:
		synced.write, synced.force = true, o.ack || len(o.others) > 0
	}
	return synced, nil
}

func owned(w wish, whose string) *resource.Report {
	return report(resource.Blocked, resource.ReasonKeyOwned,
		"key %s of %s has another value, %s: remove the key, which is then written again, or choose another with spec.to.key", w.key, w.target, whose)
}

// valueIn returns the value of a key in a ConfigMap or Secret. A value in bytes that are not text
// differs from every text.
func valueIn(u *unstructured.Unstructured, t target, key string) (value string, exists bool) {
	for _, field := range []string{"data", "binaryData"} {
		data, _, _ := unstructured.NestedMap(u.Object, field)
		text, is := data[key].(string)
		switch {
		case !is:
			continue
		case field == "data" && !t.secret():
			return text, true
		}
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil || field == "binaryData" {
			return "\x00", true
		}
		return string(raw), true
	}
	return "", false
}
