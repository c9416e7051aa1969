package export

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

func exportOf(uid, key string) wish {
	return wish{namespace: "ns", name: "of-" + uid, uid: uid, key: key, target: target{corev1alpha1.FieldExportOutputTypeConfigMap, "ns", "to"}}
}

// holding returns a ConfigMap with data and the managers of its key "id".
func holding(data fields, managers ...string) *unstructured.Unstructured {
	var entries []any
	for _, manager := range managers {
		entries = append(entries, fields{"manager": manager, "fieldsV1": fields{"f:data": fields{".": fields{}, "f:id": fields{}}}})
	}
	entries = append(entries, fields{"manager": "author", "fieldsV1": fields{"f:data": fields{"f:other": fields{}}}})
	return &unstructured.Unstructured{Object: fields{"metadata": fields{"managedFields": entries}, "data": data}}
}

// A different value of somebody else stays. Tack takes over what ACK wrote for the FieldExport, which then
// has ACK's finalizer, and what belongs to a FieldExport that is gone.
func TestPlans(t *testing.T) {
	const ack = "controller"
	me, rival := exportOf("1", "id"), exportOf("2", "id")
	mine, theirs := me.manager(), rival.manager()
	present := map[string]string{mine: "ns/of-1", theirs: "ns/of-2"}
	for name, c := range map[string]struct {
		target       *unstructured.Unstructured
		gone         bool // the rival no longer asks for the key
		served       bool // ACK served the FieldExport
		write, force bool
		owned        string // in the message
	}{
		"no data":                        {target: holding(nil), write: true},
		"no such key":                    {target: holding(fields{"other": "x"}), write: true},
		"done":                           {target: holding(fields{"id": "vpc-1"}, mine)},
		"our older value":                {target: holding(fields{"id": "vpc-0"}, mine), write: true},
		"same value of somebody":         {target: holding(fields{"id": "vpc-1"}, "kubectl")},
		"same value, ours and theirs":    {target: holding(fields{"id": "vpc-1"}, mine, "kubectl")},
		"other value of somebody":        {target: holding(fields{"id": "x"}, "kubectl"), owned: "field manager kubectl"},
		"other value of several":         {target: holding(fields{"id": "x"}, "helm", "kubectl"), owned: "field manager helm, kubectl"},
		"other value, ours and theirs":   {target: holding(fields{"id": "x"}, mine, "kubectl"), owned: "field manager kubectl"},
		"other value of unknown origin":  {target: holding(fields{"id": "x"}), owned: "of unknown origin"},
		"empty value of somebody":        {target: holding(fields{"id": ""}, "kubectl"), owned: "field manager kubectl"},
		"other value of another":         {target: holding(fields{"id": "x"}, theirs), owned: "FieldExport ns/of-2 writes key id of ConfigMap ns/to"},
		"same value of another":          {target: holding(fields{"id": "vpc-1"}, theirs), owned: "FieldExport ns/of-2"},
		"value of one that is gone":      {target: holding(fields{"id": "x"}, theirs), gone: true, write: true, force: true},
		"same value of one that is gone": {target: holding(fields{"id": "vpc-1"}, theirs), gone: true},
		"gone, and somebody":             {target: holding(fields{"id": "x"}, theirs, "kubectl"), gone: true, owned: "field manager kubectl"},
		"same value of ACK":              {target: holding(fields{"id": "vpc-1"}, ack), served: true, write: true},
		"same value of a controller":     {target: holding(fields{"id": "vpc-1"}, ack), write: true},
		"same value, ours and ACK's":     {target: holding(fields{"id": "vpc-1"}, ack, mine), served: true},
		"same value, ACK's and theirs":   {target: holding(fields{"id": "vpc-1"}, ack, "kubectl"), served: true},
		"other value of ACK":             {target: holding(fields{"id": "x"}, ack), served: true, write: true, force: true},
		"other value of a controller":    {target: holding(fields{"id": "x"}, ack), owned: "field manager controller"},
		"other value, ours and ACK's":    {target: holding(fields{"id": "x"}, ack, mine), write: true, force: true},
		"other value, ACK's and theirs":  {target: holding(fields{"id": "x"}, "kubectl", ack), served: true, owned: "field manager controller, kubectl"},
		"other value, all three":         {target: holding(fields{"id": "x"}, "kubectl", ack, mine), served: true, owned: "field manager controller, kubectl"},
		"gone, and ACK":                  {target: holding(fields{"id": "x"}, theirs, ack), gone: true, write: true, force: true},
		"of another, and ACK's":          {target: holding(fields{"id": "x"}, theirs, ack), served: true, owned: "FieldExport ns/of-2"},
		"bytes":                          {target: &unstructured.Unstructured{Object: fields{"binaryData": fields{"id": "AAE="}}}, owned: "of unknown origin"},
	} {
		claims := map[string]string{mine: present[mine]}
		if !c.gone {
			claims = present
		}
		me.finalizer = c.served
		got, err := planFor(me, "vpc-1", c.target, func() (map[string]string, error) { return claims, nil })
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		state := resource.Synced
		if c.owned != "" {
			state = resource.Blocked
		}
		if got.write != c.write || got.force != c.force || got.done.State != state || !strings.Contains(got.done.Message, c.owned) {
			t.Errorf("%s: got %+v, want write %v, force %v, %s with %q", name, got, c.write, c.force, state, c.owned)
		}
	}
}

// Without knowledge of the other FieldExports, nothing is decided.
func TestPlanWithoutAnAnswer(t *testing.T) {
	me, rival := exportOf("1", "id"), exportOf("2", "id")
	failing := errors.New("no answer")
	_, err := planFor(me, "vpc-1", holding(fields{"id": "x"}, rival.manager()), func() (map[string]string, error) { return nil, failing })
	if !errors.Is(err, failing) {
		t.Errorf("got %v, want %v", err, failing)
	}
}

// A manager stands for one FieldExport, one target and one key.
func TestManagersDiffer(t *testing.T) {
	seen := map[string]bool{}
	elsewhere := exportOf("1", "id")
	elsewhere.target.name = "elsewhere"
	for _, w := range []wish{exportOf("1", "id"), exportOf("1", "name"), exportOf("2", "id"), elsewhere} {
		if m := w.manager(); seen[m] || len(m) > 128 { // the limit of the API server
			t.Errorf("the manager %q is not usable", m)
		}
		seen[w.manager()] = true
	}
}

func TestValuesInTargets(t *testing.T) {
	secret := target{kind: corev1alpha1.FieldExportOutputTypeSecret}
	for _, c := range []struct {
		of     target
		object fields
		want   string
		exists bool
	}{
		{target{}, fields{"data": fields{"k": "v"}}, "v", true},
		{target{}, fields{"data": fields{"k": ""}}, "", true},
		{target{}, fields{"data": fields{"x": "v"}}, "", false},
		{target{}, fields{}, "", false},
		{target{}, fields{"binaryData": fields{"k": "dg=="}}, "\x00", true},
		{secret, fields{"data": fields{"k": base64.StdEncoding.EncodeToString([]byte("v"))}}, "v", true},
		{secret, fields{"data": fields{"k": "?"}}, "\x00", true},
	} {
		if got, exists := valueIn(&unstructured.Unstructured{Object: c.object}, c.of, "k"); got != c.want || exists != c.exists {
			t.Errorf("%v: got %q, %v, want %q, %v", c.object, got, exists, c.want, c.exists)
		}
	}
}
