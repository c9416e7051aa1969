package stack

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
)

const rbacGroup = "rbac.authorization.k8s.io"

// permissionResources are the resources of the manifests in config/rbac.
var permissionResources = map[string]schema.GroupVersionResource{
	"ServiceAccount":     {Version: "v1", Resource: "serviceaccounts"},
	"ClusterRole":        {Group: rbacGroup, Version: "v1", Resource: "clusterroles"},
	"ClusterRoleBinding": {Group: rbacGroup, Version: "v1", Resource: "clusterrolebindings"},
	"Role":               {Group: rbacGroup, Version: "v1", Resource: "roles"},
	"RoleBinding":        {Group: rbacGroup, Version: "v1", Resource: "rolebindings"},
}

// applyPermissions gives the bridge the permissions in config/rbac, and nothing else.
func applyPermissions(ctx context.Context, c dynamic.Interface, manifests []*unstructured.Unstructured) error {
	for _, u := range manifests {
		gvr, known := permissionResources[u.GetKind()]
		if !known {
			return fmt.Errorf("applying config/rbac: it has a %s %s, which is not a permission", u.GetKind(), u.GetName())
		}
		var client dynamic.ResourceInterface = c.Resource(gvr)
		if u.GetNamespace() != "" {
			client = c.Resource(gvr).Namespace(u.GetNamespace())
		}
		if _, err := client.Apply(ctx, u.GetName(), u, metav1.ApplyOptions{FieldManager: "tack-devenv", Force: true}); err != nil {
			return fmt.Errorf("applying %s %s: %w", u.GetKind(), u.GetName(), err)
		}
	}
	return nil
}
