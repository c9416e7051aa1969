package scenario

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

// Manifest is an object as a file describes it, and its kind.
type Manifest struct {
	*unstructured.Unstructured
	Kind apis.Kind
}

// Manifests reads the documents of a YAML file, for a namespace.
func Manifests(raw []byte, namespace string) (all []Manifest, err error) {
	for decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(raw), 4096); ; {
		u := &unstructured.Unstructured{}
		if err := decoder.Decode(&u.Object); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading a manifest: %w", err)
		}
		u.SetNamespace(namespace)
		service, _, _ := strings.Cut(u.GroupVersionKind().Group, ".")
		kind, ok := apis.Find(service, u.GetKind())
		if !ok {
			return nil, fmt.Errorf("reading a manifest: no kind %s", u.GroupVersionKind())
		}
		all = append(all, Manifest{u, kind})
	}
}

// networkFiles are the files of config/samples/web, in an order in which few objects precede the
// objects that they refer to.
var networkFiles = []string{"network.yaml", "routing.yaml", "groups.yaml", "identity.yaml", "instance.yaml"}

// networkRegion is the Region in these files.
const networkRegion = "eu-central-1"

// Network reads the objects of config/samples/web, for a namespace and for the environment's
// Region.
func Network(namespace string) (all []Manifest, err error) {
	root, err := stack.Root()
	if err != nil {
		return nil, err
	}
	for _, name := range networkFiles {
		raw, err := os.ReadFile(filepath.Join(root, "config", "samples", "web", name))
		if err != nil {
			return nil, err
		}
		some, err := Manifests(bytes.ReplaceAll(raw, []byte(networkRegion), []byte(stack.Region)), namespace)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// TooEarly describes each call that AWS refused, and each call that named a resource before the
// resource's owner completed its work on it: see gateway.TooEarly. A reference that needs only the
// other object's id permits that.
func TooEarly(entries []gateway.Entry) []string {
	return gateway.TooEarly(entries, func(caller, owner string) bool {
		return slices.ContainsFunc(apis.References(kindIn(caller)), func(r apis.Reference) bool {
			return r.Exists && r.Kind == kindIn(owner)
		})
	})
}

// kindIn returns the kind in the value of an owner tag: "dev/dev/ec2.VPC/web/main".
func kindIn(owner string) string {
	parts := strings.Split(owner, "/")
	if len(parts) < 3 {
		return ""
	}
	return parts[2]
}
