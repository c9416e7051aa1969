package v1alpha1

// GroupName is the API group, which is the prefix of annotations.
const GroupName = "services.k8s.aws"

// AWSAccountID is the twelve digits of an AWS account.
type AWSAccountID string

// AWSRegion is the code of an AWS Region, for example "eu-central-1".
type AWSRegion string

// AWSPartition is the partition of an ARN, for example "aws" or "aws-cn".
type AWSPartition string

// AWSResourceName is an ARN.
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
type AWSResourceName string

// ResourceMetadata says where a resource lives in AWS.
type ResourceMetadata struct {
	// ARN is the resource's ARN, if AWS provides one.
	// +optional
	ARN *AWSResourceName `json:"arn,omitempty"`
	// OwnerAccountID is the account that owns the resource.
	// +kubebuilder:validation:Required
	OwnerAccountID *AWSAccountID `json:"ownerAccountID"`
	// Region is the Region that holds the resource.
	// +kubebuilder:validation:Required
	Region *AWSRegion `json:"region"`
	// Partition is the partition that holds the resource.
	// +optional
	Partition *AWSPartition `json:"partition,omitempty"`
}
