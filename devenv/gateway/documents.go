package gateway

import (
	"encoding/xml"
	"net/url"
	"regexp"
	"strings"
)

// documentElement matches each policy document in an answer of IAM.
var documentElement = regexp.MustCompile(`(?s)<(Document|PolicyDocument|AssumeRolePolicyDocument)>(.*?)</(?:Document|PolicyDocument|AssumeRolePolicyDocument)>`)

// encodeDocuments encodes policy documents for URLs (RFC 3986), as IAM returns
// them. Moto does so for some and shows others as they are.
func encodeDocuments(a *answer) *answer {
	body := documentElement.ReplaceAllStringFunc(string(a.body), func(element string) string {
		m := documentElement.FindStringSubmatch(element)
		var document string
		if xml.Unmarshal([]byte(element), &document) != nil || strings.HasPrefix(document, "%7B") {
			return element
		}
		encoded := strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
		return "<" + m[1] + ">" + encoded + "</" + m[1] + ">"
	})
	return &answer{status: a.status, body: []byte(body)}
}

// without leaves elements out that IAM returns from the Get of one resource
// only, not from its List or from a create of a version.
func without(names ...string) func(*exchange, *answer) *answer {
	var patterns []*regexp.Regexp
	for _, name := range names {
		patterns = append(patterns, regexp.MustCompile(`(?s)<`+name+`>.*?</`+name+`>`))
	}
	return func(_ *exchange, a *answer) *answer {
		body := a.body
		for _, p := range patterns {
			body = p.ReplaceAll(body, nil)
		}
		return &answer{status: a.status, body: body}
	}
}
