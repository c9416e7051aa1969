package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// ConditionType is the type of a Condition.
type ConditionType string

// The condition types.
const (
	// ConditionTypeResourceSynced says whether AWS matches the spec.
	ConditionTypeResourceSynced ConditionType = "ACK.ResourceSynced"
	// ConditionTypeReady follows ResourceSynced, under the name that kstatus and kubectl wait use.
	ConditionTypeReady ConditionType = "Ready"
	// ConditionTypeTerminal says that only a change of the object can help.
	ConditionTypeTerminal ConditionType = "ACK.Terminal"
	// ConditionTypeRecoverable says that AWS refused a request and that Tack retries it.
	ConditionTypeRecoverable ConditionType = "ACK.Recoverable"
	// ConditionTypeReferencesResolved says whether every reference has an id.
	ConditionTypeReferencesResolved ConditionType = "ACK.ReferencesResolved"
	// ConditionTypeLateInitialized says whether AWS's defaults are in the spec.
	ConditionTypeLateInitialized ConditionType = "ACK.LateInitialized"
	// ConditionTypeAdvisory informs; an object can have several, one per reason.
	ConditionTypeAdvisory ConditionType = "ACK.Advisory"
	// ConditionTypeIAMRoleSelected says which role a selector chose.
	ConditionTypeIAMRoleSelected ConditionType = "ACK.IAMRoleSelected"
	// ConditionTypeAdopted says that the resource existed before the object.
	ConditionTypeAdopted ConditionType = "ACK.Adopted"
)

// Condition is one finding about an object.
type Condition struct {
	// Type is the subject of the finding.
	// +kubebuilder:validation:Required
	Type ConditionType `json:"type"`
	// Status is True, False or Unknown.
	// +kubebuilder:validation:Required
	Status metav1.ConditionStatus `json:"status"`
	// LastTransitionTime is when the status last changed.
	// +optional
	LastTransitionTime *metav1.Time `json:"lastTransitionTime,omitempty"`
	// Reason is the cause in one word.
	// +optional
	Reason *string `json:"reason,omitempty"`
	// Message is the cause in a sentence.
	// +optional
	Message *string `json:"message,omitempty"`
}
