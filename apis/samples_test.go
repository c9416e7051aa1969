package apis_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
)

// TestSamples decodes every sample strictly into its Go type and encodes it again: no field may be
// unknown or lost. Every kind has a sample.
func TestSamples(t *testing.T) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, corev1alpha1.AddToScheme, ec2v1alpha1.AddToScheme, iamv1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join("..", "config", "samples", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var meta metav1.TypeMeta
			if err = yaml.Unmarshal(text, &meta); err != nil {
				t.Fatal(err)
			}
			gvk := meta.GroupVersionKind()
			obj, err := scheme.New(gvk)
			if err != nil {
				t.Fatal(err)
			}
			if err := yaml.UnmarshalStrict(text, obj); err != nil {
				t.Fatal(err)
			}
			roundTrip(t, text, obj)
			seen[gvk.GroupKind().String()] = true
		})
	}
	for _, k := range apis.Kinds() {
		if !seen[k.Kind+"."+k.Group] {
			t.Errorf("%s has no sample", k.Name())
		}
	}
}

func roundTrip(t *testing.T, text []byte, obj runtime.Object) {
	t.Helper()
	var want, got map[string]any
	if err := yaml.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(obj.DeepCopyObject())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(again, &got); err != nil {
		t.Fatal(err)
	}
	for _, m := range []map[string]any{want, got} { // core types encode empty values
		for _, key := range []string{"spec", "status"} {
			if v, ok := m[key].(map[string]any); ok && len(v) == 0 {
				delete(m, key)
			}
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("after decoding and encoding (-want +got):\n%s", d)
	}
}
