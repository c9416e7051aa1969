package resource

// WorkflowImport is the type of a workflow that lists the objects that another controller left, and can
// let Tack take them over.
const WorkflowImport = "import"

// ImportStart is the input of that workflow, and of kube/Import.
type ImportStart struct {
	Kind      string `json:"kind"` // the Name of one kind
	Cluster   string `json:"cluster"`
	Namespace string `json:"namespace,omitempty"` // empty: all
	Write     bool   `json:"write,omitempty"`     // annotate the objects that have no problem
}

// Importable is an object that another controller left.
type Importable struct {
	Ref     Ref      `json:"object"`
	ID      string   `json:"id,omitempty"` // in the status
	Target  Target   `json:"target,omitzero"`
	Asked   bool     `json:"asked,omitempty"`   // its annotation, or that of its namespace, asks for the take-over
	Wait    *Wait    `json:"wait,omitempty"`    // what the take-over would wait for
	Problem *Problem `json:"problem,omitempty"` // what a person must do first
}
