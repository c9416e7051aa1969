package e2e

// samples returns one sample of each kind.
func samples() []sample {
	return []sample{
		vpcSample(), groupSample(), policySample(),
		subnetSample(), gatewaySample(), egressGatewaySample(), addressSample(), natGatewaySample(), roleSample(), profileSample(), routeTableSample(),
		instanceSample(),
	}
}

// fullSpecs use all features of the kinds, with values that AWS returns in another form: masked
// CIDRs, protocol numbers, AWS's own order, an encoded document.
func fullSpecs(account string) []sample {
	return []sample{
		fullVPC(), fullGroup(account), fullPolicy(),
		fullSubnet(), fullGateway(), fullEgressGateway(), fullAddress(), fullNATGateway(), fullRole(), fullProfile(), fullRouteTable(), fullInstance(),
	}
}
