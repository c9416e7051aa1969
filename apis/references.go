package apis

// Reference is a field of a spec that names another object, from which another
// field is filled. Paths are dotted and relative to the spec; "[]" stands for
// every item of a list.
type Reference struct {
	Path string // of the reference: "ingressRules[].userIDGroupPairs[].groupRef"
	Into string // the field beside it that is filled: "groupID"
	Kind string // of the object named: "ec2.SecurityGroup"
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
	return nil
}
