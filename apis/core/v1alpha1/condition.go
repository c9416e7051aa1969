package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// ConditionType is the type of a Condition.
type ConditionType string

// The condition types.
const (
	// ConditionTypeResourceSynced says whether AWS holds what the spec asks for.
	ConditionTypeResourceSynced ConditionType = "ACK.ResourceSynced"
	// ConditionTypeReady follows ResourceSynced, under the name that kstatus and
	// kubectl wait look for.
	ConditionTypeReady ConditionType = "Ready"
	// ConditionTypeTerminal says that only a change of the object can help.
	ConditionTypeTerminal ConditionType = "ACK.Terminal"
	// ConditionTypeRecoverable says that AWS refused for now; trying goes on.
	ConditionTypeRecoverable ConditionType = "ACK.Recoverable"
	// ConditionTypeReferencesResolved says whether every reference led to an id.
	ConditionTypeReferencesResolved ConditionType = "ACK.ReferencesResolved"
	// ConditionTypeLateInitialized says whether AWS's defaults are in the spec.
	ConditionTypeLateInitialized ConditionType = "ACK.LateInitialized"
	// ConditionTypeAdvisory informs; an object can have several, told apart by reason.
	ConditionTypeAdvisory ConditionType = "ACK.Advisory"
	// ConditionTypeIAMRoleSelected says which role a selector chose.
	ConditionTypeIAMRoleSelected ConditionType = "ACK.IAMRoleSelected"
	// ConditionTypeAdopted says that the resource existed before the object.
	ConditionTypeAdopted ConditionType = "ACK.Adopted"
)

// Condition is one finding about an object.
type Condition struct {
	// Type is what the finding is about.
	// +kubebuilder:validation:Required
	Type ConditionType `json:"type"`
	// Status is True, False or Unknown.
	// +kubebuilder:validation:Required
	Status metav1.ConditionStatus `json:"status"`
	// LastTransitionTime is when the status last became another one.
	// +optional
	LastTransitionTime *metav1.Time `json:"lastTransitionTime,omitempty"`
	// Reason is the cause in one word.
	// +optional
	Reason *string `json:"reason,omitempty"`
	// Message is the cause in a sentence.
	// +optional
	Message *string `json:"message,omitempty"`
}
