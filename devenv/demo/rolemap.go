package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/tack-dev/tack/activities/kube"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/stack"
)

func (s *story) configMaps() dynamic.ResourceInterface {
	return s.kube.Resource(kube.ConfigMaps).Namespace(stack.SystemNamespace)
}

// roleMap returns the role map, or nil without one.
func (s *story) roleMap(ctx context.Context) (*unstructured.Unstructured, error) {
	m, err := s.configMaps().Get(ctx, corev1alpha1.ConfigMapRoleAccountMap, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the role map: %w", err)
	}
	return m, nil
}

// unmap removes the entries that demos added for these accounts. It removes the whole map if a demo
// created it and nothing else is in it.
func (s *story) unmap(ctx context.Context, accounts []string) error {
	m, err := s.roleMap(ctx)
	if m == nil || err != nil {
		return err
	}
	entries, _, _ := unstructured.NestedStringMap(m.Object, "data")
	gone := fields{}
	for _, account := range accounts {
		if entries[account] == roleIn(account) {
			gone[account] = nil
			delete(entries, account)
		}
	}
	if len(entries) == 0 && m.GetLabels()[label] != "" {
		if err := s.configMaps().Delete(ctx, m.GetName(), metav1.DeleteOptions{}); err != nil {
			return fmt.Errorf("deleting the role map: %w", err)
		}
		return nil
	}
	return s.patchMap(ctx, gone)
}

// writeMap adds the accounts of both teams to the map, beside the existing entries.
func (s *story) writeMap(ctx context.Context) error {
	entries := fields{s.a.account: roleIn(s.a.account), s.b.account: roleIn(s.b.account)}
	m, err := s.roleMap(ctx)
	if err != nil {
		return err
	}
	if m != nil {
		return s.patchMap(ctx, entries)
	}
	m = &unstructured.Unstructured{Object: fields{"apiVersion": "v1", "kind": "ConfigMap", "data": entries}}
	m.SetName(corev1alpha1.ConfigMapRoleAccountMap)
	m.SetLabels(map[string]string{label: strconv.Itoa(s.run)})
	if _, err := s.configMaps().Create(ctx, m, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("creating the role map: %w", err)
	}
	return nil
}

func (s *story) patchMap(ctx context.Context, data fields) error {
	patch, err := json.Marshal(fields{"data": data})
	if err != nil {
		return fmt.Errorf("encoding a patch: %w", err)
	}
	_, err = s.configMaps().Patch(ctx, corev1alpha1.ConfigMapRoleAccountMap, types.MergePatchType, patch, metav1.PatchOptions{})
	if err != nil {
		return fmt.Errorf("changing the role map: %w", err)
	}
	return nil
}
