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
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"
)

// applyManifests applies the system namespace, config/crd and config/rbac to kube-apiserver and
// waits until the kinds are served. It does nothing if they are already there.
func (s *Stack) applyManifests(ctx context.Context) error {
	manifests := []*unstructured.Unstructured{{Object: map[string]any{
		"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": SystemNamespace},
	}}}
	version := ""
	for _, folder := range []string{"crd", "rbac"} {
		found, digest, err := readManifests(filepath.Join(s.root, "config", folder))
		if err != nil {
			return err
		}
		manifests, version = append(manifests, found...), version+digest
	}
	s.mu.Lock()
	applied := s.state.CRDs
	s.mu.Unlock()
	if applied == version {
		return nil
	}
	config, err := restConfig(s.Kubeconfig)
	if err != nil {
		return err
	}
	c, err := dynamic.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("creating a client from %s: %w", s.Kubeconfig, err)
	}
	kinds, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return fmt.Errorf("creating a client from %s: %w", s.Kubeconfig, err)
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(kinds))
	for _, manifest := range manifests {
		if err := apply(ctx, c, mapper, manifest); err != nil {
			return fmt.Errorf("applying %s %s: %w", manifest.GetKind(), manifest.GetName(), err)
		}
	}
	s.out.printf("%-14s serves the custom resources", APIServer)
	return s.update(func(st *state) { st.CRDs = version })
}

// apply applies one object. A CRD must be established afterwards.
func apply(ctx context.Context, c dynamic.Interface, mapper *restmapper.DeferredDiscoveryRESTMapper, u *unstructured.Unstructured) error {
	kind := u.GroupVersionKind()
	mapping, err := mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return err
	}
	var objects dynamic.ResourceInterface = c.Resource(mapping.Resource)
	if u.GetNamespace() != "" {
		objects = c.Resource(mapping.Resource).Namespace(u.GetNamespace())
	}
	if _, err := objects.Apply(ctx, u.GetName(), u, metav1.ApplyOptions{FieldManager: "tack-devenv", Force: true}); err != nil {
		return err
	}
	if kind.Kind != "CustomResourceDefinition" {
		return nil
	}
	return wait.PollUntilContextCancel(ctx, 25*time.Millisecond, true, func(ctx context.Context) (bool, error) {
		crd, err := objects.Get(ctx, u.GetName(), metav1.GetOptions{})
		if err == nil && conditionIs(crd, "NamesAccepted", "False") {
			err = errors.New("its names are taken")
		}
		return err == nil && conditionIs(crd, "Established", "True"), err
	})
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
