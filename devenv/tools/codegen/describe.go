package main

import (
	"fmt"
	"slices"
	"strings"
)

// maxValues is how many values of an enumeration a description lists.
const maxValues = 8

// everywhere describes fields that have one meaning in all places.
var everywhere = map[string]string{
	"ackResourceMetadata": "says where the resource lives in AWS.",
	"cidrIP":              "is an IPv4 block, for example 10.0.0.0/8.",
	"cidrIPv4":            "is an IPv4 block, for example 10.0.0.0/8.",
	"cidrIPv6":            "is an IPv6 block, for example 2001:db8::/32.",
	"conditions":          "lists the findings about the object.",
	"description":         "is a description.",
	"id":                  "is the name of the resource in AWS.",
	"fromPort":            "is the first port, or the ICMP type; -1 means all.",
	"inputsDigest":        "is the digest of all inputs of the last settled pass.",
	"retries":             "counts AWS's consecutive refusals.",
	"nextTryTime":         "is when Tack retries a refused change.",
	"ipProtocol":          "is tcp, udp, icmp, icmpv6, a protocol number, or -1 for all.",
	"isEgress":            "says whether the rule applies to outbound traffic.",
	"observedGeneration":  "is the generation of the spec that the status describes.",
	"ownerID":             "is the account that owns the resource.",
	"syncedID":            "is the id of the last resource that was Synced.",
	"statusMessage":       "explains the state.",
	"tags":                "lists the tags.",
	"toPort":              "is the last port, or the ICMP code; -1 means all.",
}

// describe returns the comment of a field: its Go name and a short description, from the tables or
// derived from the name.
func describe(n *node, about string, values []string) string {
	name := goName(n.name)
	if about == "" {
		about = everywhere[n.name]
	}
	if about == "" {
		about = derive(n, words(name))
	}
	text := name + " " + about
	if len(values) > 0 && len(values) <= maxValues {
		text += " Values: " + strings.Join(values, ", ") + "."
	}
	return text
}

func derive(n *node, w []string) string {
	last := w[len(w)-1]
	stem := strings.Join(w[:len(w)-1], " ")
	all := strings.Join(w, " ")
	switch {
	case isReference(n):
		return fmt.Sprintf("names the %s object whose id to use.", stem)
	case n.elem != nil && isReference(n.elem):
		return fmt.Sprintf("names the %s objects whose ids to use.", stem)
	case n.typ == "boolean":
		return deriveBool(w)
	case n.elem != nil && n.typ == "object":
		return fmt.Sprintf("maps names to %s.", all)
	case (last == "ID" || last == "ARN") && stem != "":
		return fmt.Sprintf("is the %s of the %s.", last, stem)
	case (last == "IDs" || last == "ARNs") && stem != "":
		return fmt.Sprintf("lists the %s of the %ss.", last, stem)
	case n.elem != nil:
		return fmt.Sprintf("lists the %s.", all)
	case n.typ == "object":
		return fmt.Sprintf("holds the %s.", all)
	}
	return fmt.Sprintf("is the %s.", all)
}

// deriveBool reads the name of a flag as an action (enable), as a finding (is), or as a property.
func deriveBool(w []string) string {
	orders := []string{
		"accept", "allow", "apply", "assign", "associate", "delete", "disable", "disallow", "enable", "map", "use",
	}
	switch {
	case slices.Contains(orders, w[0]) && len(w) > 1:
		return fmt.Sprintf("says whether to %s.", strings.Join(w, " "))
	case w[0] == "is" && len(w) > 1:
		return fmt.Sprintf("says whether it is %s.", strings.Join(w[1:], " "))
	}
	return fmt.Sprintf("is the flag %s.", strings.Join(w, " "))
}

func isReference(n *node) bool {
	return n.typ == "object" && shared(n.name, n) == "AWSResourceReferenceWrapper"
}
