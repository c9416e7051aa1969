package e2e

import (
	"strings"

	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
)

const providerURL = "https://oidc.example.com/id/A"

var _ = register(sample{
	kind: "iam.OpenIDConnectProvider", create: "CreateOpenIDConnectProvider",
	spec:   func() fields { return fields{"url": providerURL, "clientIDs": []any{"sts.amazonaws.com", "old"}} },
	change: `{"spec":{"clientIDs":["sts.amazonaws.com","web"],"thumbprints":["` + strings.Repeat("a", 40) + `"]}}`,
	count:  counted(awsiam.NewFromConfig, (*awsiam.Client).ListOpenIDConnectProviders),
	remove: removed(awsiam.NewFromConfig, (*awsiam.Client).DeleteOpenIDConnectProvider, "OpenIDConnectProviderArn"),
	tags:   tagged(awsiam.NewFromConfig, (*awsiam.Client).GetOpenIDConnectProvider, "OpenIDConnectProviderArn"),
	// The lists have another order and letter case than AWS shows.
	full: func(string) fields {
		return fields{
			"url": "https://oidc.example.com/full", "clientIDs": []any{"b", "a"},
			"thumbprints": []any{strings.Repeat("B", 40), strings.Repeat("a", 40)}, "tags": teamA(),
		}
	},
	fullChange: `{"spec":{"clientIDs":["c","a"],"thumbprints":["` + strings.Repeat("a", 40) + `"],"tags":[{"key":"Team","value":"b"}]}}`,
})
