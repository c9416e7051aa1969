package level

import (
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/resource"
)

// Quiet is how long nothing else may have written the status of an object before Tack takes it over.
// After an error, ACK tries again at the latest after 1,000 s, and each try writes the status. An
// object without an error is silent for ten hours: its controller must be stopped.
// Source: https://github.com/kubernetes/client-go/blob/master/util/workqueue/default_rate_limiters.go
const Quiet = 20 * time.Minute

// FieldManager is the name under which Tack writes objects.
const FieldManager = "tack"

// writtenLately returns the problem of an object whose status somebody else wrote a short time ago. ACK
// changes times in the status at each try, and the API server dates the last change of each writer.
func writtenLately(u *unstructured.Unstructured, now time.Time) *resource.Problem {
	for _, w := range statusWriters(u) {
		if now.Sub(w.Time.Time) >= Quiet {
			continue
		}
		at, until := w.Time.UTC().Format(time.RFC3339), w.Time.Add(Quiet).UTC().Format(time.RFC3339)
		return &resource.Problem{State: resource.Foreign, Reason: resource.ReasonTakeOverActive, Args: []string{w.Manager, at}, Message: fmt.Sprintf(
			"%s wrote the status of the object at %s: nothing is taken over while another controller works on it. Stop that controller. Tack takes the object over after %s, if nothing else writes its status until then",
			w.Manager, at, until)}
	}
	return nil
}

// WithoutFields removes the fields from the list of who wrote an object: the rest is all that counts, and
// small.
func WithoutFields(u *unstructured.Unstructured) {
	writers := u.GetManagedFields()
	for i := range writers {
		writers[i].FieldsV1 = nil
	}
	u.SetManagedFields(writers)
}

// statusWriters returns who else writes the status of an object, the last one first. A person who
// corrects a status with kubectl is no controller.
func statusWriters(u *unstructured.Unstructured) (writers []metav1.ManagedFieldsEntry) {
	for _, w := range u.GetManagedFields() {
		if w.Subresource == "status" && w.Time != nil && w.Manager != FieldManager && !strings.HasPrefix(w.Manager, "kubectl") {
			writers = append(writers, w)
		}
	}
	slices.SortFunc(writers, func(a, b metav1.ManagedFieldsEntry) int { return b.Time.Compare(a.Time.Time) })
	return writers
}
