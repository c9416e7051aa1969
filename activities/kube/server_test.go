package kube

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/client-go/dynamic"
)

// server is an API server that counts versions and generations as a real one does, and refuses a
// write for another version.
type server struct {
	dynamic.Interface
	objects cluster
	before  map[string]func() error // runs before the next write, by "spec" and "status"
	writes  []string
}

func (s *server) Resource(gvr schema.GroupVersionResource) dynamic.NamespaceableResourceInterface {
	return served{server: s, gvr: gvr}
}

type served struct {
	dynamic.NamespaceableResourceInterface
	server    *server
	gvr       schema.GroupVersionResource
	namespace string
}

func (s served) Namespace(namespace string) dynamic.ResourceInterface {
	s.namespace = namespace
	return s
}

func (s served) Get(ctx context.Context, name string, _ metav1.GetOptions, _ ...string) (*unstructured.Unstructured, error) {
	return s.server.objects.Get(ctx, s.gvr, s.namespace, name)
}

func (s served) List(context.Context, metav1.ListOptions) (*unstructured.UnstructuredList, error) {
	list := &unstructured.UnstructuredList{} // of role selectors, there are none
	for _, key := range slices.Sorted(maps.Keys(s.server.objects)) {
		if strings.HasPrefix(key, s.gvr.Resource+"/"+s.namespace+"/") {
			list.Items = append(list.Items, *(&unstructured.Unstructured{Object: s.server.objects[key]}).DeepCopy())
		}
	}
	return list, nil
}

func (s served) Patch(ctx context.Context, name string, _ types.PatchType, raw []byte, _ metav1.PatchOptions, _ ...string) (*unstructured.Unstructured, error) {
	var patch map[string]any
	if err := utiljson.Unmarshal(raw, &patch); err != nil {
		return nil, err
	}
	version, _, _ := unstructured.NestedString(patch, "metadata", "resourceVersion")
	return s.write(ctx, "spec", name, version, func(u *unstructured.Unstructured) { merge(u.Object, patch) })
}

func (s served) UpdateStatus(ctx context.Context, next *unstructured.Unstructured, _ metav1.UpdateOptions) (*unstructured.Unstructured, error) {
	return s.write(ctx, "status", next.GetName(), next.GetResourceVersion(), func(u *unstructured.Unstructured) {
		u.Object["status"] = next.DeepCopy().Object["status"]
	})
}

func (s served) write(ctx context.Context, what, name, version string, change func(*unstructured.Unstructured)) (*unstructured.Unstructured, error) {
	if before := s.server.before[what]; before != nil {
		delete(s.server.before, what)
		if err := before(); err != nil {
			return nil, err
		}
	}
	u, err := s.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	if version != u.GetResourceVersion() {
		return nil, apierrors.NewConflict(s.gvr.GroupResource(), name, errors.New("it was changed"))
	}
	s.server.writes = append(s.server.writes, what)
	s.server.store(s.gvr.Resource+"/"+s.namespace+"/"+name, u, change)
	return u.DeepCopy(), nil
}

// store changes an object and increments its version. It also increments the generation if the spec
// changed.
func (s *server) store(key string, u *unstructured.Unstructured, change func(*unstructured.Unstructured)) {
	old, _ := json.Marshal(u.Object["spec"])
	change(u)
	version, _ := strconv.Atoi(u.GetResourceVersion())
	u.SetResourceVersion(strconv.Itoa(version + 1))
	if spec, _ := json.Marshal(u.Object["spec"]); !bytes.Equal(spec, old) {
		u.SetGeneration(u.GetGeneration() + 1)
	}
	s.objects[key] = u.Object
}

// merge applies a JSON merge patch.
func merge(into, patch map[string]any) {
	for key, value := range patch {
		child, isObject := value.(map[string]any)
		there, hasObject := into[key].(map[string]any)
		switch {
		case key == "uid" || key == "resourceVersion": // preconditions
		case value == nil:
			delete(into, key)
		case isObject && hasObject:
			merge(there, child)
		default:
			into[key] = value
		}
	}
}
