package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/tack-dev/tack/activities/kubeapi"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/stack"
)

// Team is a namespace and the AWS account that its resources belong to.
type Team struct{ Namespace, Account string }

// RoleIn returns the role that Tack assumes in an account.
func RoleIn(account string) string { return "arn:aws:iam::" + account + ":role/tack" }

var lastAccount atomic.Int64

// firstAccount differs from run to run: an environment may outlive a run.
var firstAccount = 200_000_000_000 + time.Now().Unix()%10_000_000*10_000

// NewAccount returns an account that nothing else uses, so that everything in it belongs to the
// caller.
func NewAccount() string { return fmt.Sprintf("%012d", firstAccount+lastAccount.Add(1)) }

// MakeNamespace creates a namespace; its annotations name the account or the team.
func (c Cluster) MakeNamespace(ctx context.Context, name string, annotations, labels Fields) error {
	ns := &unstructured.Unstructured{Object: Fields{
		"apiVersion": "v1", "kind": "Namespace", "metadata": Fields{"name": name, "annotations": annotations, "labels": labels},
	}}
	if _, err := c.Kube.Resource(kubeapi.Namespaces).Create(ctx, ns, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("creating namespace %s: %w", name, err)
	}
	return nil
}

// MakeTeam creates the namespace of a team. Its account needs an entry in the role map: MapRoles.
func (c Cluster) MakeTeam(ctx context.Context, t Team, labels Fields) error {
	return c.MakeNamespace(ctx, t.Namespace, Fields{corev1alpha1.AnnotationOwnerAccountID: t.Account}, labels)
}

// AnnotateNamespace sets an annotation of a namespace; nil removes it.
func (c Cluster) AnnotateNamespace(ctx context.Context, name, key string, value any) error {
	err := merge(ctx, c.Kube.Resource(kubeapi.Namespaces), name, Fields{"metadata": Fields{"annotations": Fields{key: value}}})
	if err != nil {
		return fmt.Errorf("annotating namespace %s: %w", name, err)
	}
	return nil
}

// DeleteNamespace deletes a namespace with everything in it, and waits until it is gone.
func (c Cluster) DeleteNamespace(ctx context.Context, name string) error {
	namespaces := c.Kube.Resource(kubeapi.Namespaces)
	if err := namespaces.Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
		return fmt.Errorf("deleting namespace %s: %w", name, err)
	}
	if last, err := follow(ctx, namespaces, name, gone); err != nil {
		return fmt.Errorf("waiting for namespace %s to be deleted: %w: %s", name, err, last)
	}
	return nil
}

func (c Cluster) configMaps() dynamic.ResourceInterface {
	return c.Kube.Resource(kubeapi.ConfigMaps).Namespace(stack.SystemNamespace)
}

// MapRoles sets entries of the role map, and creates the map if it is missing; nil removes an
// entry.
func (c Cluster) MapRoles(ctx context.Context, entries Fields) error {
	return c.SetEntries(ctx, corev1alpha1.ConfigMapRoleAccountMap, entries)
}

// SetEntries does the same with any ConfigMap of Tack.
func (c Cluster) SetEntries(ctx context.Context, name string, entries Fields) error {
	maps := c.configMaps()
	err := merge(ctx, maps, name, Fields{"data": entries})
	if apierrors.IsNotFound(err) {
		empty := &unstructured.Unstructured{Object: Fields{"apiVersion": "v1", "kind": "ConfigMap", "metadata": Fields{"name": name}}}
		if _, err = maps.Create(ctx, empty, metav1.CreateOptions{}); err == nil || apierrors.IsAlreadyExists(err) {
			err = merge(ctx, maps, name, Fields{"data": entries}) // another test may have created it
		}
	}
	if err != nil {
		return fmt.Errorf("changing ConfigMap %s: %w", name, err)
	}
	return nil
}

// RoleMap returns the entries of the role map, and whether there is one.
func (c Cluster) RoleMap(ctx context.Context) (entries map[string]string, exists bool, err error) {
	m, err := c.configMaps().Get(ctx, corev1alpha1.ConfigMapRoleAccountMap, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading the role map: %w", err)
	}
	entries, _, err = unstructured.NestedStringMap(m.Object, "data")
	return entries, true, err
}

// DropRoleMap deletes the role map.
func (c Cluster) DropRoleMap(ctx context.Context) error {
	err := c.configMaps().Delete(ctx, corev1alpha1.ConfigMapRoleAccountMap, metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("deleting the role map: %w", err)
	}
	return nil
}

// merge sends a JSON merge patch.
func merge(ctx context.Context, to dynamic.ResourceInterface, name string, patch Fields) error {
	raw, err := json.Marshal(patch)
	if err != nil {
		return fmt.Errorf("encoding a patch: %w", err)
	}
	_, err = to.Patch(ctx, name, types.MergePatchType, raw, metav1.PatchOptions{})
	return err
}
