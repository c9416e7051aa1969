package ec2

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/cidr"
	"github.com/tack-dev/tack/activities/optional"
	"github.com/tack-dev/tack/activities/shape"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

var (
	filledRequest = shape.Request[types.RequestLaunchTemplateData, ec2v1alpha1.RequestLaunchTemplateData]()
	filledData    = shape.Status[ec2v1alpha1.RequestLaunchTemplateData, types.ResponseLaunchTemplateData]()
)

// dataRequest fills a request from the data of a spec.
func dataRequest(data ec2v1alpha1.RequestLaunchTemplateData) types.RequestLaunchTemplateData {
	return filledRequest(withoutSystemTags(data))
}

// shownData fills the form of a spec from AWS's answer.
func shownData(data *types.ResponseLaunchTemplateData) ec2v1alpha1.RequestLaunchTemplateData {
	return withoutSystemTags(filledData(data))
}

// templateData is the data as AWS takes it.
func templateData(want ec2v1alpha1.LaunchTemplateSpec) *types.RequestLaunchTemplateData {
	data := dataRequest(*want.Data)
	if data.UserData != nil {
		data.UserData = aws.String(oneLine(*data.UserData))
	}
	for i, mapping := range want.Data.BlockDeviceMappings {
		data.BlockDeviceMappings[i].NoDevice = mapping.NoDevice // an empty text leaves the device out
	}
	return &data
}

// describedTemplate describes the latest version, with its user data: a spec without them would make a
// version without them.
func describedTemplate(got *launchTemplate) ec2v1alpha1.LaunchTemplateSpec {
	data := shownData(got.latest.LaunchTemplateData)
	for i, mapping := range got.latest.LaunchTemplateData.BlockDeviceMappings {
		data.BlockDeviceMappings[i].NoDevice = mapping.NoDevice // an empty text leaves the device out
	}
	return ec2v1alpha1.LaunchTemplateSpec{
		Name: got.LaunchTemplateName, DefaultVersion: got.DefaultVersionNumber, VersionDescription: optional.Text(got.latest.VersionDescription), Data: &data,
	}
}

// templateDefaults are AWS's documented defaults, which it may show for fields that a version leaves
// out. IOPS and throughput are those of gp3.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestLaunchTemplateData.html
const templateDefaults = `{
	"blockDeviceMappings": {"ebs": {"encrypted": false, "iops": 3000, "throughput": 125}},
	"capacityReservationSpecification": {"capacityReservationPreference": "open"},
	"cpuOptions": {"amdSevSnp": "disabled", "nestedVirtualization": "disabled"}, "disableAPIStop": false, "disableAPITermination": false,
	"elasticInferenceAccelerators": {"count": 1}, "enclaveOptions": {"enabled": false}, "hibernationOptions": {"configured": false},
	"instanceMarketOptions": {"spotOptions": {"instanceInterruptionBehavior": "terminate", "spotInstanceType": "one-time"}},
	"instanceRequirements": {"bareMetal": "excluded", "burstablePerformance": "excluded", "localStorage": "included", "requireHibernateSupport": false,
		"onDemandMaxPricePercentageOverLowestPrice": 20, "spotMaxPricePercentageOverLowestPrice": 100},
	"maintenanceOptions": {"autoRecovery": "default"}, "monitoring": {"enabled": false}, "placement": {"tenancy": "default"},
	"metadataOptions": {"httpEndpoint": "enabled", "httpProtocolIPv6": "disabled", "httpPutResponseHopLimit": 1, "httpTokens": "optional", "instanceMetadataTags": "disabled"},
	"networkInterfaces": {"interfaceType": "interface", "networkCardIndex": 0, "primaryIPv6": false, "privateIPAddresses": {"primary": false}}
}`

var templateComparison = shape.Comparing(templateDefaults, func(field, value string) string {
	switch field {
	case "userData":
		return string(decodedData(value))
	case "ipv6Address":
		return cidr.Address(value)
	case "ipv4Prefix", "ipv6Prefix":
		return cidr.Network(value)
	case "maxPrice":
		if price, err := strconv.ParseFloat(value, 64); err == nil {
			return fmt.Sprint(price)
		}
	}
	return value
})
