package ec2

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/shape"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/test/fieldtest"
)

// baseData has what AWS requires with some other fields.
const baseData = `{"imageID": "ami-1", "instanceRequirements": {"vCPUCount": {"min": 1}, "memoryMiB": {"min": 1}}, "creditSpecification": {"cpuCredits": "standard"},
"metadataOptions": {"httpEndpoint": "enabled"}}`

// dataValues are values of fields that take no other; each field without a value here gets one by its type.
var dataValues = map[string]any{
	"capacityReservationPreference": "none", "cpuCredits": "unlimited", "amdSevSnp": "enabled", "nestedVirtualization": "enabled",
	"instanceInitiatedShutdownBehavior": "stop", "marketType": "spot", "instanceInterruptionBehavior": "stop", "spotInstanceType": "persistent",
	"acceleratorManufacturers": "amd", "acceleratorNames": "a100", "acceleratorTypes": "gpu", "bareMetal": "required", "burstablePerformance": "required",
	"cpuManufacturers": "intel", "instanceGenerations": "current", "localStorage": "required", "localStorageTypes": "ssd", "instanceType": "t3.micro",
	"autoRecovery": "disabled", "httpEndpoint": "disabled", "httpProtocolIPv6": "enabled", "httpTokens": "required", "instanceMetadataTags": "enabled",
	"tenancy": "host", "hostnameType": "resource-name", "resourceType": "instance", "volumeType": "gp3", "userData": "c2VjcmV0",
	"maxPrice": "0.10", "ipv6Address": "2001:db8:0::9", "ipv6Prefix": "2001:db8:0::/80", "validUntil": "2026-01-02T03:04:05Z",
}

// dataRows returns for each field below data a spec that sets it, besides the base.
func dataRows(t *testing.T) map[string]string {
	t.Helper()
	rows := map[string]string{}
	var walk func(of reflect.Type, path, name string, within func(value any) map[string]any)
	walk = func(of reflect.Type, path, name string, within func(any) map[string]any) {
		switch {
		case of.Kind() == reflect.Pointer:
			walk(of.Elem(), path, name, within)
		case of.Kind() == reflect.Slice:
			walk(of.Elem(), path+"[]", name, func(v any) map[string]any {
				item, isStruct := v.(map[string]any)
				if isStruct && strings.HasPrefix(name, "elastic") { // AWS requires its type
					item["type"] = "eia1.medium"
				}
				return within([]any{v})
			})
		case of.Kind() == reflect.Struct && of.Name() != "Time":
			for f := range of.Fields() {
				field, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				walk(f.Type, path+"."+field, field, func(v any) map[string]any { return within(map[string]any{field: v}) })
			}
		default:
			value := dataValues[name]
			if value == nil {
				value = map[reflect.Kind]any{reflect.String: "other", reflect.Bool: true, reflect.Int64: 7, reflect.Float64: 1.5}[of.Kind()]
			}
			spec := map[string]any{}
			if err := json.Unmarshal([]byte(baseData), &spec); err != nil {
				t.Fatal(err)
			}
			rows[path] = fmt.Sprintf(`{"data": %s}`, marshal(t, merged(spec, within(value))))
		}
	}
	walk(reflect.TypeFor[ec2v1alpha1.RequestLaunchTemplateData](), "data", "", func(v any) map[string]any { return v.(map[string]any) })
	rows["data.imageID"] = `{"data": {"imageID": "ami-2"}}`
	return rows
}

// merged sets in a tree what another tree has.
func merged(into, from map[string]any) map[string]any {
	for key, value := range from {
		has, both := into[key].(map[string]any)
		if more, isMap := value.(map[string]any); both && isMap {
			value = merged(has, more)
		}
		into[key] = value
	}
	return into
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// shownAs returns the data of a spec as AWS shows it.
var shownAs = shape.Request[types.ResponseLaunchTemplateData, ec2v1alpha1.RequestLaunchTemplateData]()

// gotTemplate returns a template of two versions. data is the latest.
func gotTemplate(t *testing.T, data string) *launchTemplate {
	t.Helper()
	shown := shownAs(spec[ec2v1alpha1.RequestLaunchTemplateData](t, data))
	return &launchTemplate{
		LaunchTemplate: types.LaunchTemplate{
			LaunchTemplateId: aws.String("lt-1"), LaunchTemplateName: aws.String("web"), DefaultVersionNumber: aws.Int64(1), LatestVersionNumber: aws.Int64(2),
			CreateTime: aws.Time(time.Unix(0, 0)), CreatedBy: aws.String("arn:me"), Operator: &types.OperatorResponse{Managed: aws.Bool(false), Principal: aws.String("p")},
			Tags: []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}},
		},
		latest: types.LaunchTemplateVersion{VersionNumber: aws.Int64(2), VersionDescription: aws.String("d"), LaunchTemplateData: &shown},
	}
}

func TestFieldsOfLaunchTemplates(t *testing.T) {
	change := dataRows(t)
	if len(change) < 120 {
		t.Errorf("data has %d fields: this test has lost sight of them", len(change))
	}
	maps.Copy(change, map[string]string{"name": `{name: db-1}`, "versionDescription": `{versionDescription: other}`, "defaultVersion": `{defaultVersion: 2}`})
	versions := make([]*launchTemplate, 0, len(change)) // one for each field of the data
	for _, row := range dataRows(t) {
		data := spec[ec2v1alpha1.LaunchTemplateSpec](t, row).Data
		if data.InstanceType != nil {
			data.InstanceRequirements = nil // AWS takes one of the two
		}
		versions = append(versions, gotTemplate(t, marshal(t, data)))
	}
	behind := gotTemplate(t, baseData)
	behind.latest.VersionNumber = aws.Int64(1)
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.LaunchTemplateSpec, launchTemplate]{
		Kind:   LaunchTemplate(),
		Base:   `{name: web, versionDescription: d, tags: [{key: env, value: dev}], data: ` + baseData + `}`,
		Change: change,
		Unsent: map[string]string{"defaultVersion": "AWS makes the first version the default"},
		ID:     "lt-1", Got: gotTemplate(t, baseData), Described: versions,
		Pending: map[string]*launchTemplate{"AWS does not show version 2 of lt-1 yet": behind},
		Check: map[string][]string{
			`{name: a-/b(1).c_, defaultVersion: 1, data: {instanceType: t3.micro}}`: nil,
			`{name: "a b", defaultVersion: 0, data: {userData: "", placement: {}}}`: {
				`spec.name: "a b": AWS allows 3 to 128 letters, digits and ( ) . - / _`,
				"spec.defaultVersion: 0: the first version is 1",
				"spec.data: is empty: set one parameter at least",
			},
			`{name: web, versionDescription: "` + strings.Repeat("x", 256) + `", data: {userData: "#", metadataOptions: {httpPutResponseHopLimit: 65}, cpuOptions: {coreCount: 2147483648}}}`: {
				"spec.versionDescription: has 256 characters: AWS allows 255",
				"spec.data.cpuOptions.coreCount: 2147483648: AWS allows numbers of 32 bits",
				"spec.data.userData: is not base64: encode it, for example with base64 -w0",
				"spec.data.metadataOptions.httpPutResponseHopLimit: 65: AWS allows 1 to 64",
			},
			`{name: web, data: {imageID: a, creditSpecification: {}, elasticGPUSpecifications: [{}], elasticInferenceAccelerators: [{count: 1}], blockDeviceMappings: [{ebs: {volumeSize: 0}}]}}`: {
				"spec.data.creditSpecification.cpuCredits: is missing: AWS requires it",
				"spec.data.elasticGPUSpecifications[0].type: is missing: AWS requires it",
				"spec.data.elasticInferenceAccelerators[0].type: is missing: AWS requires it",
				"spec.data.blockDeviceMappings[0].ebs.volumeSize: 0: a volume has at least 1 GiB",
			},
			`{name: web, data: {instanceType: a, instanceRequirements: {memoryMiB: {max: 1}, allowedInstanceTypes: [a], excludedInstanceTypes: [b], spotMaxPricePercentageOverLowestPrice: 1, maxSpotPriceAsPercentageOfOptimalOnDemandPrice: 1}}}`: {
				"spec.data.instanceRequirements.vCPUCount.min: is missing: AWS requires it",
				"spec.data.instanceRequirements.memoryMiB.min: is missing: AWS requires it",
				"spec.data.instanceRequirements: AWS does not allow it together with spec.data.instanceType: remove one of the two",
				"spec.data.instanceRequirements.excludedInstanceTypes: AWS does not allow it together with allowedInstanceTypes: remove one of the two",
				"spec.data.instanceRequirements.spotMaxPricePercentageOverLowestPrice: AWS does not allow it together with maxSpotPriceAsPercentageOfOptimalOnDemandPrice: remove one of the two",
			},
		},
	}.Run(t)
}

// What AWS shows of a version equals the spec that it was made from, for each field.
func TestAVersionShowsItsSpec(t *testing.T) {
	for path, row := range dataRows(t) {
		want := spec[ec2v1alpha1.LaunchTemplateSpec](t, row)
		sent := templateData(want)
		var shown types.ResponseLaunchTemplateData
		if err := json.Unmarshal([]byte(marshal(t, sent)), &shown); err != nil {
			t.Fatal(err)
		}
		if other, surplus := templateComparison.Differences("data", *want.Data, shownData(&shown)); len(other)+len(surplus) > 0 {
			t.Errorf("%s: %q and %q differ", path, other, surplus)
		}
	}
}
