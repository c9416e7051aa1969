package apis

// Reference is a field of a spec that names another object, from which another
// field is filled. Paths are dotted and relative to the spec; "[]" stands for
// every item of a list.
type Reference struct {
	// Path is that of the reference: "ingressRules[].userIDGroupPairs[].groupRef".
	// One that ends in "[]" is a list of references, which fill a list.
	Path string
	Into string // the field beside it that is filled: "groupID"
	Kind string // of the object named: "ec2.SecurityGroup"
	From string // path of the value to take from that object, "spec.name"; empty: its id
	// Step says that only a step needs it: the resource is made without, and the
	// object is not Synced until the other is ready. Any other reference is
	// needed by the create.
	Step bool
}

// References lists the references of a kind, by its Name.
func References(kind string) []Reference {
	switch kind {
	case "ec2.InternetGateway":
		return []Reference{{Path: "vpcRef", Into: "vpc", Kind: "ec2.VPC", Step: true}}
	case "ec2.SecurityGroup":
		return []Reference{
			{Path: "vpcRef", Into: "vpcID", Kind: "ec2.VPC"},
			{Path: "ingressRules[].userIDGroupPairs[].groupRef", Into: "groupID", Kind: "ec2.SecurityGroup", Step: true},
			{Path: "ingressRules[].userIDGroupPairs[].vpcRef", Into: "vpcID", Kind: "ec2.VPC", Step: true},
			{Path: "egressRules[].userIDGroupPairs[].groupRef", Into: "groupID", Kind: "ec2.SecurityGroup", Step: true},
			{Path: "egressRules[].userIDGroupPairs[].vpcRef", Into: "vpcID", Kind: "ec2.VPC", Step: true},
		}
	case "ec2.Subnet":
		return []Reference{{Path: "vpcRef", Into: "vpcID", Kind: "ec2.VPC"}}
	}
	if kind == "iam.InstanceProfile" {
		return []Reference{{Path: "roleRef", Into: "role", Kind: "iam.Role", From: "spec.name", Step: true}}
	}
	if kind == "iam.Role" {
		return []Reference{
			// A role is never made without the boundary that it must have.
			{Path: "permissionsBoundaryRef", Into: "permissionsBoundary", Kind: "iam.Policy"},
			{Path: "policyRefs[]", Into: "policies", Kind: "iam.Policy", Step: true},
		}
	}
	return nil
}
