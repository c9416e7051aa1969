package main

import (
	"strings"
	"unicode"
)

// initialisms are words with a special spelling in Go and the CRDs. The SDK writes them as plain
// words (Vpc); at the start of a JSON name they are in lower case (vpc). The key is the lower-case
// word.
var initialisms = map[string]string{
	"acl": "ACL", "acls": "ACLs", "ami": "AMI", "api": "API", "arn": "ARN", "arns": "ARNs", "asn": "ASN",
	"aws": "AWS", "bgp": "BGP", "cidr": "CIDR", "cidrs": "CIDRs", "cpu": "CPU", "dhcp": "DHCP", "dns": "DNS",
	"dns64": "DNS64", "ebs": "EBS", "ecmp": "ECMP", "ena": "ENA", "gpu": "GPU", "gpus": "GPUs", "hpc": "HPC",
	"http": "HTTP", "iam": "IAM", "icmp": "ICMP", "id": "ID", "ids": "IDs", "iops": "IOPS", "ip": "IP",
	"ipam": "IPAM", "ips": "IPs", "ipv4": "IPv4", "ipv6": "IPv6", "kms": "KMS", "mac": "MAC", "nat": "NAT",
	"oidc": "OIDC", "os": "OS", "ram": "RAM", "sdk": "SDK", "tls": "TLS", "tpm": "TPM", "url": "URL",
	"vcpu": "VCPU", "vgw": "VGW", "vgws": "VGWs", "vpc": "VPC", "vpcs": "VPCs", "vpn": "VPN",
}

// goName returns the exported Go name of a JSON name: vpcID becomes VPCID.
func goName(json string) string {
	end := strings.IndexFunc(json, unicode.IsUpper)
	if end < 0 {
		end = len(json)
	}
	return spell(json[:end]) + json[end:]
}

// shapeName spells the name of an SDK type like the CRDs: IpPermission becomes IPPermission.
func shapeName(sdk string) string {
	var out strings.Builder
	start := 0
	for i, r := range sdk {
		if i > start && unicode.IsUpper(r) {
			out.WriteString(spell(sdk[start:i]))
			start = i
		}
	}
	return out.String() + spell(sdk[start:])
}

func spell(word string) string {
	if s, ok := initialisms[strings.ToLower(word)]; ok {
		return s
	}
	if word == "" {
		return ""
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// words splits a Go name into words for a sentence: CIDRBlockState becomes
// "CIDR block state". Initialisms keep their spelling.
func words(name string) []string {
	var out []string
	for name != "" {
		word := leadingInitialism(name)
		if word == "" {
			word = leadingWord(name)
		}
		name = name[len(word):]
		if word != strings.ToUpper(word) && initialisms[strings.ToLower(word)] == "" {
			word = strings.ToLower(word[:1]) + word[1:]
		}
		out = append(out, word)
	}
	return out
}

// leadingInitialism returns the longest initialism that begins name and ends where another word
// begins.
func leadingInitialism(name string) string {
	best := ""
	for _, s := range initialisms {
		rest, ok := strings.CutPrefix(name, s)
		if ok && len(s) > len(best) && (rest == "" || !unicode.IsLower(rune(rest[0]))) {
			best = s
		}
	}
	return best
}

// leadingWord returns the first word, up to the next capital; a run of capitals is one word.
func leadingWord(name string) string {
	upper := func(i int) bool { return unicode.IsUpper(rune(name[i])) }
	for i := 1; i < len(name); i++ {
		ends := upper(i) && (!upper(i-1) || i+1 < len(name) && !upper(i+1))
		if ends {
			return name[:i]
		}
	}
	return name
}
