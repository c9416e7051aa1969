package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/apis"
)

// alsoPlanned are further changes of a full spec, one after the other. Most concern fields that AWS cannot
// change: the plan then has a note and no call.
var alsoPlanned = map[string][]fields{
	"ec2.CapacityReservation": {
		{"availabilityZone": "us-west-2b"}, {"ebsOptimized": true}, {"ephemeralStorage": true}, {"instancePlatform": "Windows"},
		{"instanceType": "m5.xlarge"}, {"tenancy": "dedicated"}, {"additionalInfo": "x"}, {"deliveryPreference": "fixed"}, {"commitmentDuration": int64(86400)}, {"startDate": "2098-01-01T00:00:00Z"},
		{"outpostARN": "arn:aws:outposts:us-west-2:111111111111:outpost/op-1"}, {"placementGroupARN": "arn:aws:ec2:us-west-2:111111111111:placement-group/pg"},
	},
	"ec2.DHCPOptions":               {{"dhcpConfigurations": []any{fields{"key": "domain-name", "values": []any{"other.example.com"}}}}},
	"ec2.EgressOnlyInternetGateway": {{"vpcRef": ref("planned")}},
	"ec2.ElasticIPAddress": {
		{"networkBorderGroup": "us-west-2-lax-1"}, {"publicIPv4Pool": "ipv4pool-ec2-1123456789abcdef0"}, {"address": "203.0.113.9"}, {"customerOwnedIPv4Pool": "ipv4pool-coip-0123456789abcdef0"},
	},
	"ec2.FlowLog": {
		{"logFormat": "${version} ${dstaddr}"}, {"maxAggregationInterval": int64(600)}, {"trafficType": "REJECT"}, {"destinationOptions": fields{"fileFormat": "parquet"}},
		{"deliverLogsPermissionRef": ref("planned")}, {"logGroupName": "other"}, {"logDestinationType": "s3"}, {"logDestination": "arn:aws:s3:::logs"}, {"resourceID": "vpc-0123456789abcdef0"}, {"resourceType": "Subnet"},
	},
	"ec2.Instance": {
		{"disableAPITermination": true}, {"disableAPITermination": false}, {"securityGroupRefs": []any{ref("planned")}}, {"iamInstanceProfile": fields{"nameRef": ref("planned")}},
		{"capacityReservationSpecification": fields{"capacityReservationPreference": "open"}}, // AWS refuses it: the instance runs
		{"capacityReservationSpecification": fields{"capacityReservationPreference": "none"}}, {"cpuOptions": fields{"coreCount": int64(2), "threadsPerCore": int64(1)}},
		{"ebsOptimized": false}, {"enclaveOptions": fields{"enabled": true}}, {"hibernationOptions": fields{"configured": true}}, {"instanceType": "t3.small"},
		{"placement": fields{"tenancy": "dedicated"}}, {"privateIPAddress": "10.0.1.78"}, {"userData": "aGVsbG8="}, {"keyName": "other"}, {"ipv6AddressCount": int64(1)}, {"imageID": "ami-0123456789abcdef0"},
		{"kernelID": "aki-0123456789abcdef0"}, {"ramDiskID": "ari-0123456789abcdef0"}, {"instanceMarketOptions": fields{"marketType": "spot"}}, {"subnetRef": ref("planned")},
		{"licenseSpecifications": []any{fields{"licenseConfigurationARN": "arn:aws:license-manager:us-west-2:111111111111:license-configuration:lic-1"}}},
		{"elasticGPUSpecification": []any{fields{"type_": "eg1.medium"}}}, {"elasticInferenceAccelerators": []any{fields{"type_": "eia1.medium"}}},
		{"launchTemplate": fields{"name": "other"}}, {"networkInterfaces": []any{fields{"deviceIndex": int64(0), "subnetID": "subnet-0123456789abcdef0"}}}, {"ipv6Addresses": []any{fields{"ipv6Address": "2001:db8::9"}}},
	},
	"ec2.InternetGateway":   {{"routeTableRefs": []any{ref("planned")}}, {"routeTableRefs": []any{}}},
	"ec2.LaunchTemplate":    {{"name": "other"}},
	"ec2.ManagedPrefixList": {{"addressFamily": "IPv6"}},
	"ec2.NATGateway": {{"subnetRef": ref("planned")}, {"allocationRef": ref("planned")}, {"connectivityType": "private", "allocationRef": nil}, {"vpcRef": ref("main")},
		{"availabilityZoneAddresses": []any{fields{"availabilityZone": "us-west-2a", "allocationIDs": []any{"eipalloc-0123456789abcdef0"}}}}, {"availabilityMode": "regional"}},
	"ec2.SecurityGroup": {{"description": "other"}, {"name": "other"}, {"vpcRef": ref("planned")}},
	"ec2.Subnet": {
		{"routeTableRefs": []any{ref("planned")}}, {"routeTableRefs": []any{}}, {"availabilityZone": "eu-central-1b"}, {"cidrBlock": "10.0.3.0/24"}, {"vpcRef": ref("planned")}, {"outpostARN": "arn:aws:outposts:us-west-2:111111111111:outpost/op-1"}, {"ipv6Native": true}, {"customerOwnedIPv4Pool": "ipv4pool-coip-0123456789abcdef0"},
	},
	"ec2.TransitGateway": {
		{"options": fields{"amazonSideASN": int64(64513)}}, {"options": fields{"defaultRouteTableAssociation": "disable"}}, {"options": fields{"defaultRouteTablePropagation": "disable"}},
		{"options": fields{"multicastSupport": "enable"}},
	},
	"ec2.TransitGatewayVPCAttachment": {{"vpcRef": ref("planned")}, {"transitGatewayRef": ref("planned")}, {"options": fields{"ipv6Support": "enable"}}, {"options": fields{"securityGroupReferencingSupport": "disable"}}},
	"ec2.VPC": {
		{"disallowSecurityGroupDefaultRules": false}, {"disallowSecurityGroupDefaultRules": true}, {"instanceTenancy": "dedicated"}, {"amazonProvidedIPv6CIDRBlock": true},
		{"amazonProvidedIPv6CIDRBlock": false},
		{"ipv4IPAMPoolID": "ipam-pool-0123456789abcdef0"}, {"ipv4NetmaskLength": int64(24)},
	},
	"ec2.VPCEndpoint": {
		{"subnetRefs": []any{ref("main"), ref("planned")}}, {"securityGroupRefs": []any{ref("planned")}}, {"vpcRef": ref("planned")}, {"serviceRegion": "us-east-1"}, {"serviceName": "com.amazonaws.us-west-2.ec2"}, {"vpcEndpointType": "Gateway"},
	},
	"ec2.VPCEndpointServiceConfiguration": {
		{"networkLoadBalancerARNs": []any{strings.Replace(balancerARN, "net/a", "net/b", 1)}},
		{"networkLoadBalancerARNs": nil, "gatewayLoadBalancerARNs": []any{gatewayBalancerARN}},
	},
	"ec2.VPCPeeringConnection": {{"acceptRequest": false}, {"vpcRef": ref("planned")}, {"peerVPCRef": ref("planned")}, {"peerOwnerID": "999999999999"}, {"peerRegion": farRegion}},
	"ec2.NetworkACL":           {{"vpcRef": ref("planned")}},
	"ec2.RouteTable":           {{"vpcRef": ref("planned")}},
	"iam.Group":                {{"policies": []any{idOf("iam.Policy", "granted")}}, {"name": "other"}},
	"iam.InstanceProfile":      {{"name": "other"}},
	"iam.Policy":               {{"description": "other"}, {"path": "/other/"}, {"name": "other"}},
	"iam.Role": {
		{"policies": []any{idOf("iam.Policy", "granted")}}, {"permissionsBoundary": idOf("iam.Policy", "granted")}, {"path": "/other/"}, {"name": "other"},
	},
	"iam.User": {{"policies": []any{idOf("iam.Policy", "granted")}}, {"permissionsBoundary": idOf("iam.Policy", "granted")}, {"name": "other"}},
}

func otherVPC() fields { return fields{"cidrBlocks": []any{"10.9.0.0/16"}} }

// alsoPlannedMinimal are further changes of a minimal spec.
var alsoPlannedMinimal = map[string][]fields{
	"ec2.VPCEndpoint": {{"routeTableRefs": []any{ref("planned")}}, {"routeTableRefs": []any{}}},
}

// plannedWith are objects to which these changes refer.
var plannedWith = map[string]map[string]fields{
	"ec2.FlowLog":                     {"iam.Role": {"name": "planned", "assumeRolePolicyDocument": trustEC2}},
	"ec2.NATGateway":                  {"ec2.Subnet": {"vpcRef": ref("main"), "cidrBlock": "10.0.9.0/24"}, "ec2.ElasticIPAddress": {}},
	"ec2.EgressOnlyInternetGateway":   {"ec2.VPC": otherVPC()},
	"ec2.NetworkACL":                  {"ec2.VPC": otherVPC()},
	"ec2.RouteTable":                  {"ec2.VPC": otherVPC()},
	"ec2.SecurityGroup":               {"ec2.VPC": otherVPC()},
	"ec2.TransitGatewayVPCAttachment": {"ec2.VPC": otherVPC(), "ec2.TransitGateway": {}},
	"ec2.VPCPeeringConnection":        {"ec2.VPC": otherVPC()},
	"ec2.Instance": {
		"ec2.Subnet":        {"vpcRef": ref("main"), "cidrBlock": "10.0.9.0/24"},
		"ec2.SecurityGroup": {"name": "planned", "description": "made by a test", "vpcRef": ref("main")}, "iam.InstanceProfile": {"name": "planned"},
	},
	"ec2.InternetGateway": {"ec2.RouteTable": {"vpcRef": ref("other")}},
	"ec2.Subnet":          {"ec2.RouteTable": {"vpcRef": ref("main")}, "ec2.VPC": otherVPC()},
	"ec2.VPCEndpoint": {
		"ec2.VPC":           otherVPC(),
		"ec2.RouteTable":    {"vpcRef": ref("main")},
		"ec2.SecurityGroup": {"name": "planned", "description": "made by a test", "vpcRef": ref("main")},
		"ec2.Subnet":        {"vpcRef": ref("main"), "cidrBlock": "10.0.9.0/24", "availabilityZone": "us-west-2b"},
	},
}

// wantRefused checks that the API server refuses to change a field that the object has and that cannot change
// by ACK's definitions.
func (o object) wantRefused(t *testing.T) {
	t.Helper()
	spec := o.get(t).Object["spec"].(fields)
	for _, change := range refused[o.ref.Kind] {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(change)), func(field string) bool { return spec[field] != nil }) {
			continue
		}
		_, err := o.client().Patch(t.Context(), o.ref.Name, types.MergePatchType, []byte(mergePatch(t, fields{"spec": change})), metav1.PatchOptions{})
		if !apierrors.IsInvalid(err) {
			t.Errorf("the change %v: %v, want it refused by the API server", change, err)
		}
	}
}

// further returns these changes as merge patches, and makes what they refer to.
func (s sample) further(t *testing.T, team team, changes map[string][]fields) (patches []string) {
	t.Helper()
	for kind, spec := range plannedWith[s.kind] {
		o := team.object(kind, "planned")
		if _, err := o.client().Get(t.Context(), o.ref.Name, metav1.GetOptions{}); apierrors.IsNotFound(err) {
			team.apply(t, kind, "planned", spec).awaitSynced(t)
		}
	}
	for _, change := range changes[s.kind] {
		patches = append(patches, mergePatch(t, fields{"spec": team.object(s.kind, "full").withIDs(t, change)}))
	}
	return patches
}

// specFields returns the fields of a kind's spec, from its definition.
func specFields(t *testing.T, kind apis.Kind) []string {
	t.Helper()
	raw, err := os.ReadFile("../../config/crd/" + kind.Group + "_" + kind.Plural + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var definition fields
	if err := yaml.Unmarshal(raw, &definition); err != nil {
		t.Fatal(err)
	}
	versions, _, _ := unstructured.NestedSlice(definition, "spec", "versions")
	spec, _, err := unstructured.NestedMap(versions[0].(fields), "schema", "openAPIV3Schema", "properties", "spec", "properties")
	if err != nil || len(spec) == 0 {
		t.Fatalf("the definition of %s has the fields %v: %v", kind.Kind, spec, err)
	}
	return slices.Sorted(maps.Keys(spec))
}

// The plan of each field's change is tried, or the list says why not.
func TestEachFieldIsPlanned(t *testing.T) {
	for _, s := range samples() {
		kind, _ := apis.ByName(s.kind)
		tried := fields{}
		for _, change := range slices.Concat(alsoPlanned[s.kind], alsoPlannedMinimal[s.kind], refused[s.kind], []fields{changeOf(t, s.change), changeOf(t, s.fullChange)}) {
			maps.Copy(tried, change)
		}
		for _, field := range specFields(t, kind) {
			_, is := tried[field]
			if _, exempt := notPlanned[s.kind][field]; is == exempt {
				t.Errorf("%s: a change of %s is planned: %t, and has a reason not to be: %t; want one of both", s.kind, field, is, exempt)
			}
		}
	}
}

// changeOf returns the fields of the spec in a merge patch.
func changeOf(t *testing.T, patch string) fields {
	t.Helper()
	var whole struct{ Spec fields }
	if err := json.Unmarshal([]byte(patch), &whole); err != nil {
		t.Fatal(err)
	}
	return whole.Spec
}

// refused are changes that the API server refuses.
var refused = map[string][]fields{
	"iam.InstanceProfile":       {{"path": "/other/"}},
	"iam.OpenIDConnectProvider": {{"url": "https://oidc.example.com/other"}},
	"iam.ServiceLinkedRole":     {{"awsServiceName": "spot.amazonaws.com"}, {"customSuffix": "other"}},
}

// Reasons for which no change of a field is planned.
const (
	asReference = "a reference with the same meaning is planned"
	twin        = "another field with the same meaning is planned"
	noPools     = "the local AWS shows no pool and no border group of an IPv6 block"
	onlyOne     = "it belongs to the request, and AWS shows no such attribute of an instance"
	ofServices  = "an endpoint of a service has it instead of serviceName, and AWS changes neither"
)

// notPlanned says why no change of a field is planned.
var notPlanned = map[string]map[string]string{
	"ec2.CapacityReservation":       {"availabilityZoneID": twin},
	"ec2.DHCPOptions":               {"vpc": twin},
	"ec2.EgressOnlyInternetGateway": {"vpcID": asReference},
	"ec2.FlowLog":                   {"deliverLogsPermissionARN": asReference, "logGroupRef": twin},
	"ec2.Instance": {
		"maxCount": onlyOne, "minCount": onlyOne, "securityGroupIDs": asReference, "securityGroups": asReference, "subnetID": asReference,
	},
	"ec2.InternetGateway":                 {"routeTables": asReference, "vpc": asReference},
	"ec2.NATGateway":                      {"allocationID": asReference, "subnetID": asReference, "vpcID": asReference},
	"ec2.NetworkACL":                      {"vpcID": asReference},
	"ec2.RouteTable":                      {"vpcID": asReference},
	"ec2.SecurityGroup":                   {"vpcID": asReference},
	"ec2.Subnet":                          {"availabilityZoneID": twin, "routeTables": asReference, "vpcID": asReference},
	"ec2.TransitGatewayVPCAttachment":     {"subnetIDs": asReference, "transitGatewayID": asReference, "vpcID": asReference},
	"ec2.VPC":                             {"ipv6CIDRBlock": noPools, "ipv6CIDRBlockNetworkBorderGroup": noPools, "ipv6IPAMPoolID": noPools, "ipv6NetmaskLength": noPools, "ipv6Pool": noPools},
	"ec2.VPCEndpoint":                     {"routeTableIDs": asReference, "securityGroupIDs": asReference, "subnetIDs": asReference, "vpcID": asReference, "serviceNetworkARN": ofServices, "serviceRef": ofServices},
	"ec2.VPCEndpointServiceConfiguration": {"gatewayLoadBalancerRefs": twin, "networkLoadBalancerRefs": twin},
	"ec2.VPCPeeringConnection":            {"peerVPCID": asReference, "vpcID": asReference},
}
