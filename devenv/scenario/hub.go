package scenario

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/devenv/stack"
)

// Hub is config/samples/hub for two teams: the documents of its files, without the namespaces. A
// document may contain ${key} for an id that a FieldExport writes.
type Hub struct {
	Hub, Spoke Team
	Documents  []string
}

// exports is the resource of FieldExports, which are not among the kinds.
var exports = schema.GroupVersionResource{Group: "services.k8s.aws", Version: "v1alpha1", Resource: "fieldexports"}

// ReadHub reads the files of config/samples/hub, for two teams and for the environment's Region.
func ReadHub(hub, spoke Team) (*Hub, error) {
	root, err := stack.Root()
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(root, "config", "samples", "hub", "[^0]*.yaml"))
	if err != nil {
		return nil, err
	}
	h := &Hub{Hub: hub, Spoke: spoke}
	names := strings.NewReplacer(
		"namespace: hub", "namespace: "+hub.Namespace, "namespace: spoke", "namespace: "+spoke.Namespace,
		"111111111111", hub.Account, "222222222222", spoke.Account, networkRegion, stack.Region,
	)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		h.Documents = append(h.Documents, strings.Split(names.Replace(string(raw)), "\n---\n")...)
	}
	return h, nil
}

// MapHub lets both namespaces use the accounts of both teams.
func (c Cluster) MapHub(ctx context.Context, h *Hub) error {
	entries := Fields{}
	for _, t := range []Team{h.Hub, h.Spoke} {
		entries[t.Account] = RoleIn(t.Account)
		entries["allowed-namespaces."+t.Account] = h.Hub.Namespace + " " + h.Spoke.Namespace
	}
	return c.MapRoles(ctx, entries)
}

// inserted matches the place of an exported id in a document.
var inserted = regexp.MustCompile(`\$\{([a-z-]+)\}`)

// ApplyHub applies the documents in their order, as a script does that inserts the exported ids: the
// documents that need one follow when the ConfigMap has it. It returns the objects of Tack.
func (c Cluster) ApplyHub(ctx context.Context, h *Hub, manager string, labels map[string]string) (objects []Object, err error) {
	var later []string
	for _, text := range h.Documents {
		if inserted.MatchString(text) {
			later = append(later, text)
			continue
		}
		if objects, err = c.applyDocument(ctx, text, manager, labels, objects); err != nil {
			return nil, err
		}
	}
	for _, text := range later {
		if text, err = c.insertIDs(ctx, h, text); err != nil {
			return nil, err
		}
		if objects, err = c.applyDocument(ctx, text, manager, labels, objects); err != nil {
			return nil, err
		}
	}
	return objects, nil
}

func (c Cluster) applyDocument(ctx context.Context, text, manager string, labels map[string]string, objects []Object) ([]Object, error) {
	u := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &u.Object); err != nil {
		return nil, fmt.Errorf("reading a manifest: %w\n%s", err, text)
	}
	u.SetLabels(labels)
	to := exports
	service, _, _ := strings.Cut(u.GroupVersionKind().Group, ".")
	kind, ours := apis.Find(service, u.GetKind())
	switch {
	case ours:
		to = kubeapi.GVR(kind)
		objects = append(objects, c.Object(kind, u.GetNamespace(), u.GetName()))
	case u.GetKind() == "ConfigMap":
		to = kubeapi.ConfigMaps
	case u.GetKind() != "FieldExport":
		return nil, fmt.Errorf("reading a manifest: no kind %s", u.GroupVersionKind())
	}
	_, err := c.Kube.Resource(to).Namespace(u.GetNamespace()).Apply(ctx, u.GetName(), u, metav1.ApplyOptions{FieldManager: manager, Force: true})
	if err != nil {
		return nil, fmt.Errorf("applying %s %s: %w", u.GetKind(), u.GetName(), err)
	}
	return objects, nil
}

// HubIDs returns the ids that the FieldExports of the hub have written.
func (c Cluster) HubIDs(ctx context.Context, h *Hub) (map[string]string, error) {
	u, err := c.Kube.Resource(kubeapi.ConfigMaps).Namespace(h.Hub.Namespace).Get(ctx, "ids", metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("reading the exported ids: %w", err)
	}
	ids, _, err := unstructured.NestedStringMap(u.Object, "data")
	return ids, err
}

// insertIDs waits for the ids that a document contains.
func (c Cluster) insertIDs(ctx context.Context, h *Hub, text string) (string, error) {
	for {
		ids, err := c.HubIDs(ctx, h)
		if err != nil {
			return "", err
		}
		missing := ""
		filled := inserted.ReplaceAllStringFunc(text, func(key string) string {
			id := ids[key[2:len(key)-1]]
			if id == "" {
				missing = key
			}
			return id
		})
		if missing == "" {
			return filled, nil
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("waiting for the exported id %s: %w", missing, ctx.Err())
		case <-time.After(pause):
		}
	}
}
