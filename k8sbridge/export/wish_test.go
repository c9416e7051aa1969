package export

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/resource"
)

// manifest is a FieldExport; change adjusts its spec.
func manifest(change func(from, to fields)) *unstructured.Unstructured {
	from := fields{"path": ".status.vpcID", "resource": fields{"group": "ec2.services.k8s.aws", "kind": "VPC", "name": "main"}}
	to := fields{"name": "network", "kind": "configmap"}
	change(from, to)
	u := &unstructured.Unstructured{Object: fields{"spec": fields{"from": from, "to": to}}}
	u.SetNamespace("ns")
	u.SetName("vpc-id")
	u.SetUID("1")
	return u
}

// Defaults and limits follow ACK, except for the namespaces that nobody else may write.
func TestWishes(t *testing.T) {
	open := settings{systemNamespace: "ack-system"}
	set := func(key string, value any) func(fields, fields) { return func(_, to fields) { to[key] = value } }
	for name, c := range map[string]struct {
		change     func(from, to fields)
		of         settings
		to, key    string
		reason, in string // the refusal and its message
	}{
		"defaults":             {change: func(_, _ fields) {}, of: open, to: "ConfigMap ns/network", key: "ns.vpc-id"},
		"key":                  {change: set("key", "id"), of: open, to: "ConfigMap ns/network", key: "id"},
		"blank key":            {change: set("key", " "), of: open, to: "ConfigMap ns/network", key: "ns.vpc-id"},
		"impossible key":       {change: set("key", "a/b"), of: open, to: "ConfigMap ns/network", key: "a/b", reason: resource.ReasonInvalidExport, in: "a/b"},
		"other namespace":      {change: set("namespace", "apps"), of: open, to: "ConfigMap apps/network", key: "ns.vpc-id"},
		"own namespace only":   {change: set("namespace", "apps"), of: settings{ownNamespaceOnly: true}, to: "ConfigMap apps/network", key: "ns.vpc-id", reason: resource.ReasonCrossNamespace, in: "enable-cross-namespace"},
		"own namespace":        {change: set("namespace", "ns"), of: settings{ownNamespaceOnly: true}, to: "ConfigMap ns/network", key: "ns.vpc-id"},
		"system namespace":     {change: set("namespace", "ack-system"), of: open, to: "ConfigMap ack-system/network", key: "ns.vpc-id", reason: resource.ReasonCrossNamespace, in: "role maps"},
		"Kubernetes namespace": {change: set("namespace", "kube-system"), of: open, to: "ConfigMap kube-system/network", key: "ns.vpc-id", reason: resource.ReasonCrossNamespace, in: "belongs to Kubernetes"},
		"secret":               {change: set("kind", "secret"), of: settings{secrets: true}, to: "Secret ns/network", key: "ns.vpc-id"},
		"secret, off":          {change: set("kind", "secret"), of: open, to: "Secret ns/network", key: "ns.vpc-id", reason: resource.ReasonSecretExportsOff, in: "--export-secrets"},
	} {
		w, err := wishOf(manifest(c.change))
		if err != nil {
			t.Fatal(err)
		}
		if w.target.String() != c.to || w.key != c.key {
			t.Errorf("%s: got key %q of %s, want %q of %s", name, w.key, w.target, c.key, c.to)
		}
		r := c.of.refuse(w)
		if (r == nil) != (c.reason == "") || r != nil && (r.Reason != c.reason || !strings.Contains(r.Message, c.in)) {
			t.Errorf("%s: got %+v, want %q with %q", name, r, c.reason, c.in)
		}
	}
}

// FieldExports of other controllers are left alone.
func TestWhoseExports(t *testing.T) {
	for name, c := range map[string]struct {
		group, kind string
		finalizer   bool // ACK's
		want        bool
	}{
		"ours":                              {"ec2.services.k8s.aws", "VPC", false, true},
		"ours, from ACK":                    {"ec2.services.k8s.aws", "VPC", true, true},
		"misspelled":                        {"ec2.services.k8s.aws", "Vpc", false, true},
		"a kind that ACK serves beside us":  {"ec2.services.k8s.aws", "FleetOfTests", true, false},
		"another group":                     {"s3.services.k8s.aws", "Bucket", false, false},
		"another group, with the finalizer": {"s3.services.k8s.aws", "Bucket", true, false},
	} {
		u := manifest(func(from, _ fields) { from["resource"] = fields{"group": c.group, "kind": c.kind, "name": "main"} })
		if c.finalizer {
			u.SetFinalizers([]string{finalizer})
		}
		w, err := wishOf(u)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.ours(); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}
