package stack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
)

var (
	crdResource       = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
	namespaceResource = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
)

// applyCRDs applies config/crd, config/rbac and the system namespace to kube-apiserver and waits
// until the kinds are served. It does nothing if they are already there.
func (s *Stack) applyCRDs(ctx context.Context) error {
	crds, digest, err := readCRDs(filepath.Join(s.root, "config", "crd"))
	if err != nil {
		return err
	}
	permissions, permissionsDigest, err := readManifests(filepath.Join(s.root, "config", "rbac"))
	if err != nil {
		return err
	}
	digest += permissionsDigest
	s.mu.Lock()
	applied := s.state.CRDs
	s.mu.Unlock()
	if applied == digest {
		return nil
	}
	c, err := DialKube(s.Kubeconfig)
	if err != nil {
		return err
	}
	ns := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": SystemNamespace},
	}}
	force := metav1.ApplyOptions{FieldManager: "tack-devenv", Force: true}
	if _, err := c.Resource(namespaceResource).Apply(ctx, SystemNamespace, ns, force); err != nil {
		return fmt.Errorf("creating namespace %s: %w", SystemNamespace, err)
	}
	if err := applyPermissions(ctx, c, permissions); err != nil {
		return err
	}
	for _, crd := range crds {
		if _, err := c.Resource(crdResource).Apply(ctx, crd.GetName(), crd, force); err != nil {
			return fmt.Errorf("applying CRD %s: %w", crd.GetName(), err)
		}
	}
	for _, crd := range crds {
		if err := awaitEstablished(ctx, c, crd.GetName()); err != nil {
			return err
		}
	}
	s.out.printf("%-14s serves %d custom resources", APIServer, len(crds))
	return s.update(func(st *state) { st.CRDs = digest })
}

// readCRDs returns the CRDs in dir and below, and a digest of its files.
func readCRDs(dir string) ([]*unstructured.Unstructured, string, error) {
	all, digest, err := readManifests(dir)
	return slices.DeleteFunc(all, func(u *unstructured.Unstructured) bool {
		return u.GetKind() != "CustomResourceDefinition"
	}), digest, err
}

// readManifests returns the objects in the files of dir and below, and a digest of them.
func readManifests(dir string) ([]*unstructured.Unstructured, string, error) {
	var found []*unstructured.Unstructured
	var all bytes.Buffer
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		all.Write(raw)
		docs := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(raw), 4096)
		for {
			var u unstructured.Unstructured
			if err := docs.Decode(&u.Object); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return fmt.Errorf("parsing %s: %w", path, err)
			}
			if u.Object != nil {
				found = append(found, &u)
			}
		}
	})
	if err != nil {
		return nil, "", fmt.Errorf("reading the manifests in %s: %w", dir, err)
	}
	return found, digest(all.Bytes()), nil
}

func awaitEstablished(ctx context.Context, c dynamic.Interface, name string) error {
	for {
		crd, err := c.Resource(crdResource).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return fmt.Errorf("reading CRD %s: %w", name, err)
		}
		if conditionIs(crd, "Established", "True") {
			return nil
		}
		if conditionIs(crd, "NamesAccepted", "False") {
			return fmt.Errorf("applying CRD %s: its names are taken", name)
		}
		if err := sleep(ctx, 25*time.Millisecond); err != nil {
			return fmt.Errorf("waiting for CRD %s to be established: %w", name, err)
		}
	}
}

func conditionIs(obj *unstructured.Unstructured, kind, status string) bool {
	conditions, _, _ := unstructured.NestedSlice(obj.Object, "status", "conditions")
	for _, c := range conditions {
		if c, ok := c.(map[string]any); ok && c["type"] == kind {
			return c["status"] == status
		}
	}
	return false
}
