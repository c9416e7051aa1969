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
	// Exists says that the other's id is enough: it need not be Synced. Two
	// objects that name each other would otherwise wait for ever.
	Exists bool
}

// References lists the references of a kind, by its Name.
func References(kind string) []Reference { return references[kind] }

var references = map[string][]Reference{
	"ec2.Instance": {
		{Path: "subnetRef", Into: "subnetID", Kind: "ec2.Subnet"},
		{Path: "launchTemplate.launchTemplateRef", Into: "launchTemplateID", Kind: "ec2.LaunchTemplate"},
	},
	"ec2.InternetGateway": {
		{Path: "vpcRef", Into: "vpc", Kind: "ec2.VPC", Step: true},
		// The table in its turn waits until the gateway is attached.
		{Path: "routeTableRefs[]", Into: "routeTables", Kind: "ec2.RouteTable", Step: true, Exists: true},
	},
	"ec2.NATGateway": {
		{Path: "allocationRef", Into: "allocationID", Kind: "ec2.ElasticIPAddress"},
		{Path: "subnetRef", Into: "subnetID", Kind: "ec2.Subnet"},
		{Path: "vpcRef", Into: "vpcID", Kind: "ec2.VPC"},
	},
	"ec2.RouteTable": {
		{Path: "vpcRef", Into: "vpcID", Kind: "ec2.VPC"},
		{Path: "routes[].gatewayRef", Into: "gatewayID", Kind: "ec2.InternetGateway", Step: true},
		{Path: "routes[].natGatewayRef", Into: "natGatewayID", Kind: "ec2.NATGateway", Step: true},
		{Path: "routes[].transitGatewayRef", Into: "transitGatewayID", Kind: "ec2.TransitGateway", Step: true},
		{Path: "routes[].vpcEndpointRef", Into: "vpcEndpointID", Kind: "ec2.VPCEndpoint", Step: true},
		{Path: "routes[].vpcPeeringConnectionRef", Into: "vpcPeeringConnectionID", Kind: "ec2.VPCPeeringConnection", Step: true},
	},
	"ec2.SecurityGroup": {
		{Path: "vpcRef", Into: "vpcID", Kind: "ec2.VPC"},
		// Groups may name each other: none can wait for the other's rules.
		{Path: "ingressRules[].userIDGroupPairs[].groupRef", Into: "groupID", Kind: "ec2.SecurityGroup", Step: true, Exists: true},
		{Path: "ingressRules[].userIDGroupPairs[].vpcRef", Into: "vpcID", Kind: "ec2.VPC", Step: true},
		{Path: "egressRules[].userIDGroupPairs[].groupRef", Into: "groupID", Kind: "ec2.SecurityGroup", Step: true, Exists: true},
		{Path: "egressRules[].userIDGroupPairs[].vpcRef", Into: "vpcID", Kind: "ec2.VPC", Step: true},
	},
	"ec2.Subnet": {
		{Path: "vpcRef", Into: "vpcID", Kind: "ec2.VPC"},
		{Path: "routeTableRefs[]", Into: "routeTables", Kind: "ec2.RouteTable", Step: true},
	},
	"iam.InstanceProfile": {
		{Path: "roleRef", Into: "role", Kind: "iam.Role", From: "spec.name", Step: true},
	},
	"iam.Role": {
		// A role is never made without the boundary that it must have.
		{Path: "permissionsBoundaryRef", Into: "permissionsBoundary", Kind: "iam.Policy"},
		{Path: "policyRefs[]", Into: "policies", Kind: "iam.Policy", Step: true},
	},
}

// Others are the kinds that references may name although Tack does not serve
// them: of another controller's object only the status is read. A kind that is
// served, too, counts as served.
func Others() []Kind {
	return []Kind{
		kind("ec2", "LaunchTemplate", "launchtemplates", "id"),
		kind("ec2", "TransitGateway", "transitgateways", "transitGatewayID"),
		kind("ec2", "VPCEndpoint", "vpcendpoints", "vpcEndpointID"),
		kind("ec2", "VPCPeeringConnection", "vpcpeeringconnections", "vpcPeeringConnectionID"),
	}
}

// Referable is the kind of that Name, which a reference may name.
func Referable(name string) (Kind, bool) {
	for _, k := range append(Kinds(), Others()...) {
		if k.Name() == name {
			return k, true
		}
	}
	return Kind{}, false
}
