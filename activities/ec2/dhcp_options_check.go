package ec2

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// mostServers is how many IPv4 or IPv6 servers an option may name.
const mostServers = 4

// checkDHCPOptions foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDhcpOptions.html
// It leaves unknown options to AWS.
func checkDHCPOptions(want ec2v1alpha1.DHCPOptionsSpec) []kind.Invalid {
	var f findings
	if len(want.DHCPConfigurations) == 0 {
		f.Add("spec.dhcpConfigurations", refusal.Says(refusal.Missing, refusal.Lacks, "dhcpConfiguration"), "names no option")
	}
	for i, option := range want.DHCPConfigurations {
		path := fmt.Sprintf("spec.dhcpConfigurations[%d]", i)
		if option == nil || aws.ToString(option.Key) == "" {
			f.Add(path+".key", refusal.Says(refusal.Missing, refusal.Lacks, "dhcpConfiguration.key"), "names no option")
			continue
		}
		if len(option.Values) == 0 {
			f.Add(path+".values", refusal.Says(refusal.Missing, refusal.Lacks, "dhcpConfiguration.values"), "an option needs a value")
		}
		f.NotEmpty(path+".values", option.Values, refusal.Says(refusal.BadValue, refusal.Empty, "dhcpConfiguration.values"), "is empty")
		f.checkOption(path+".values", *option.Key, valuesOf(option.Values))
	}
	f.NotEmpty("spec.vpc", want.VPC, refusal.Says(refusal.Missing, refusal.Lacks, "vpcId"), "is empty")
	return f.All
}

func (f *findings) checkOption(path, key string, values []string) {
	answer := refusal.Says(refusal.BadValue, refusal.ValueSaid)
	switch key {
	case "netbios-node-type":
		if len(values) > 1 || len(values) == 1 && !slices.Contains([]string{"1", "2", "4", "8"}, values[0]) {
			f.Add(path, answer, "the type of a NetBIOS node is one of 1, 2, 4 and 8")
		}
	case "domain-name-servers", "netbios-name-servers", "ntp-servers":
		four, six := 0, 0
		for _, value := range values {
			if ip, err := netip.ParseAddr(value); err == nil && ip.Is4() {
				four++
			} else if err == nil {
				six++
			}
		}
		if max(four, six) > mostServers {
			f.Add(path, answer, "AWS allows %d servers", mostServers)
		}
	}
}

// valuesOf returns the values of an option in order. AWS also accepts several in one text.
func valuesOf(texts []*string) (values []string) {
	for _, text := range aws.ToStringSlice(texts) {
		for value := range strings.SplitSeq(text, ",") {
			values = append(values, strings.TrimSpace(value))
		}
	}
	return slices.Sorted(slices.Values(values))
}

// optionWords returns the options of a spec in words.
func optionWords(options []*ec2v1alpha1.NewDHCPConfiguration) (words []string) {
	for _, option := range options {
		words = append(words, aws.ToString(option.Key)+"="+strings.Join(valuesOf(option.Values), ","))
	}
	return slices.Sorted(slices.Values(words))
}

// dhcpNotes compares the options. AWS keeps neither their order nor that of their values.
func dhcpNotes(want ec2v1alpha1.DHCPOptionsSpec, got *dhcpOptions) []string {
	shown := optionWords(got.options())
	if slices.Equal(shown, optionWords(want.DHCPConfigurations)) {
		return nil
	}
	return []string{fixed.Note("spec.dhcpConfigurations", strings.Join(shown, ", "))}
}
