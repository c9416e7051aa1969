package resource

// WorkflowApprove is the type of a workflow that approves what an object waits for. Its history says who
// approved.
const WorkflowApprove = "approve"

// Approval is the input of that workflow, and of kube/Approve.
type Approval struct {
	Ref Ref    `json:"object"`
	By  string `json:"by"` // who approves, as the starter knows it
}
