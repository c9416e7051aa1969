package main

import (
	"strings"
	"testing"
)

func TestGoName(t *testing.T) {
	for json, want := range map[string]string{
		"vpcID":               "VPCID",
		"cidrBlocks":          "CIDRBlocks",
		"ipv6CIDRBlock":       "IPv6CIDRBlock",
		"dhcpOptionsID":       "DHCPOptionsID",
		"userIDGroupPairs":    "UserIDGroupPairs",
		"ackResourceMetadata": "AckResourceMetadata",
		"vCPUCount":           "VCPUCount",
	} {
		if got := goName(json); got != want {
			t.Errorf("goName(%q) = %q, want %q", json, got, want)
		}
	}
}

func TestShapeName(t *testing.T) {
	for sdk, want := range map[string]string{
		"IpPermission":                 "IPPermission",
		"UserIdGroupPair":              "UserIDGroupPair",
		"VpcIpv6CidrBlockAssociation":  "VPCIPv6CIDRBlockAssociation",
		"MemoryGiBPerVCpuRequest":      "MemoryGiBPerVCPURequest",
		"LaunchTemplateEbsBlockDevice": "LaunchTemplateEBSBlockDevice",
	} {
		if got := shapeName(sdk); got != want {
			t.Errorf("shapeName(%q) = %q, want %q", sdk, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	for name, want := range map[string]string{
		"CIDRBlockState":  "CIDR block state",
		"IPv4IPAMPoolID":  "IPv4 IPAM pool ID",
		"PrefixListIDs":   "prefix list IDs",
		"EBSOptimized":    "EBS optimized",
		"CPUOptions":      "CPU options",
		"AMDSevSNP":       "AMD sev SNP",
		"DefaultForAZ":    "default for AZ",
		"MapPublicIP":     "map public IP",
		"State":           "state",
		"AllowedAWSUsers": "allowed AWS users",
	} {
		if got := strings.Join(words(name), " "); got != want {
			t.Errorf("words(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestTables finds the shapes of all kinds.
func TestTables(t *testing.T) {
	known, err := loadFacts("../../../apis/testdata/ack-crd-names.tsv", "../../../apis/testdata/ack-crd-fields.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range groups() {
		if err := g.join(known); err != nil {
			t.Fatal(err)
		}
		if _, err := findShapes(g.kinds); err != nil {
			t.Error(err)
		}
		for _, k := range g.kinds {
			for path := range k.fields {
				if !k.knows(path) {
					t.Errorf("%s: a description for %s, which does not exist", k.name, path)
				}
			}
			for path := range k.types {
				if !k.knows(path) {
					t.Errorf("%s: a type for %s, which does not exist", k.name, path)
				}
			}
		}
	}
}

func (k *kind) knows(path string) bool {
	at := &k.facts.root
	for _, name := range strings.Split(path, ".") {
		for at.elem != nil {
			at = at.elem
		}
		if at = at.prop(name); at == nil {
			return false
		}
	}
	return true
}
