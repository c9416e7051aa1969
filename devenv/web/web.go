// Package web is the network of config/samples/web for the demo, the tests and
// the benchmarks: its manifests, and the proof that it was made in order.
package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/stack"
)

// region is the one that the manifests are written for.
const region = "eu-central-1"

// files has what others refer to first.
var files = []string{"network.yaml", "routing.yaml", "groups.yaml", "identity.yaml", "instance.yaml"}

// Object is a manifest and the kind that it is of.
type Object struct {
	*unstructured.Unstructured
	Kind apis.Kind
}

// Manifests reads the objects, for another Region and namespace than they are
// written for. What others refer to comes first, by and large.
func Manifests(in, namespace string) (all []Object, err error) {
	root, err := stack.Root()
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		raw, err := os.ReadFile(filepath.Join(root, "config", "samples", "web", name))
		if err != nil {
			return nil, err
		}
		raw = bytes.ReplaceAll(raw, []byte(region), []byte(in))
		for decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(raw), 4096); ; {
			u := &unstructured.Unstructured{}
			if err := decoder.Decode(&u.Object); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, fmt.Errorf("reading %s: %w", name, err)
			}
			u.SetNamespace(namespace)
			service, _, _ := strings.Cut(u.GroupVersionKind().Group, ".")
			kind, ok := apis.Find(service, u.GetKind())
			if !ok {
				return nil, fmt.Errorf("reading %s: no kind %s", name, u.GroupVersionKind())
			}
			all = append(all, Object{u, kind})
		}
	}
	return all, nil
}

// Premature tells each call that AWS refused or that came before what it names
// was done: see gateway.Premature. Objects that may name each other need no more
// than the other's id.
func Premature(entries []gateway.Entry) []string {
	return gateway.Premature(entries, func(caller, owner string) bool {
		return slices.ContainsFunc(apis.References(kindOf(caller)), func(r apis.Reference) bool {
			return r.Exists && r.Kind == kindOf(owner)
		})
	})
}

// kindOf is the kind in an owner's tag: "dev/dev/ec2.VPC/web/main".
func kindOf(owner string) string {
	parts := strings.Split(owner, "/")
	if len(parts) < 3 {
		return ""
	}
	return parts[2]
}
