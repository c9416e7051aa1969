package iam

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/late"
	"github.com/tack-dev/tack/activities/room"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	createProvider = call.Create((*awsiam.Client).CreateOpenIDConnectProvider, func(out *awsiam.CreateOpenIDConnectProviderOutput) (id, arn string) {
		return aws.ToString(out.OpenIDConnectProviderArn), aws.ToString(out.OpenIDConnectProviderArn)
	})
	deleteProvider = call.Delete((*awsiam.Client).DeleteOpenIDConnectProvider).AtOnce()
	addClient      = call.To("AddClientID", (*awsiam.Client).AddClientIDToOpenIDConnectProvider)
	removeClient   = call.To("RemoveClientID", (*awsiam.Client).RemoveClientIDFromOpenIDConnectProvider)
	setThumbprints = call.To("UpdateThumbprints", (*awsiam.Client).UpdateOpenIDConnectProviderThumbprint)
)

var providerRequest = shape.Request[awsiam.CreateOpenIDConnectProviderInput, iamv1alpha1.OpenIDConnectProviderSpec](
	shape.As("clientIDs", "ClientIDList"), shape.As("thumbprints", "ThumbprintList"))

// provider is a provider as AWS shows it. AWS names neither its ARN nor an id that it never reuses.
type provider struct {
	awsiam.GetOpenIDConnectProviderOutput
	id string // its ARN; for another's provider with our URL, the URL
}

// OpenIDConnectProvider manages a provider with its client ids and thumbprints. Its id is its ARN.
func OpenIDConnectProvider() kind.Kind {
	return kind.Definition[*awsiam.Client, iamv1alpha1.OpenIDConnectProviderSpec, provider]{
		Kind:   "iam.OpenIDConnectProvider",
		Client: newClient,
		Tagged: taggedBy("OpenIDConnectProviderArn", (*awsiam.Client).TagOpenIDConnectProvider, (*awsiam.Client).UntagOpenIDConnectProvider, tagRules),
		Check:  checkProvider,
		Find:   findProvider,
		Facts: func(got *provider) kind.Facts {
			return kind.Facts{ID: got.id, ARN: got.id, Tags: tagMap(got.Tags)}
		},
		Create:     planProviderCreate,
		Plan:       planProvider,
		Unplan:     unplanProvider,
		Status:     func(*provider) any { return iamv1alpha1.OpenIDConnectProviderStatus{} }, // ACK shows the ARN alone
		Spec:       describeProvider,
		Late:       late.Fields[provider]{"thumbprints": func(got *provider) any { return got.ThumbprintList }},
		Unique:     []string{"url"},
		NaturalKey: true, // the URL, in its account
		Calls:      call.All(createProvider, addClient, removeClient, setThumbprints, deleteProvider),
	}
}

const providerType = "oidc-provider"

// providerARN returns the ARN that AWS gives to the provider of a URL.
func providerARN(url *string, t resource.Target) string {
	return arnOf(t, providerType, "/", strings.TrimPrefix(aws.ToString(url), "https://"))
}

// findProvider reads the provider by its ARN, which follows from account and URL.
func findProvider(ctx context.Context, client *awsiam.Client, q kind.Query[iamv1alpha1.OpenIDConnectProviderSpec]) (*provider, error) {
	url, ours := strings.CutPrefix(q.ID, arnOf(q.Target, providerType, "/", ""))
	if q.ID != "" && (!ours || !goodPath.MatchString("/"+url+"/")) {
		return nil, nil // a claim may be edited, and AWS refuses the question
	}
	arn := cmp.Or(q.ID, q.Key, providerARN(q.Want.URL, q.Target))
	out, err := client.GetOpenIDConnectProvider(ctx, &awsiam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: aws.String(arn)})
	if err != nil {
		return nil, reads.UnlessAbsent(fmt.Errorf("getting %s: %w", arn, err))
	}
	got := &provider{*out, arn}
	switch theirs := remade(q.Owner, tagMap(out.Tags), out.CreateDate, q.RecordedAt); {
	case theirs && q.Deleting:
		return nil, nil
	case theirs:
		got.id = aws.ToString(out.Url)
	}
	return got, nil
}

func planProviderCreate(want iamv1alpha1.OpenIDConnectProviderSpec, m kind.Making) resource.Step {
	in := providerRequest(want)
	in.Tags = tagList(m.Tags)
	step := createProvider.Step("create the provider "+aws.ToString(want.URL), in)
	step.Key = providerARN(want.URL, m.Target)
	return step
}

func planProvider(want iamv1alpha1.OpenIDConnectProviderSpec, got *provider, c kind.Case) (draft kind.Draft) {
	if got == nil {
		return draft // the create sets everything
	}
	draft.Steps = planClients(want, got, c)
	prints := aws.ToStringSlice(want.Thumbprints)
	if len(prints) > 0 && !slices.Equal(inSet(prints), inSet(got.ThumbprintList)) {
		draft.Steps = append(draft.Steps, steps.For(0, "spec.thumbprints", setThumbprints.Step(fmt.Sprintf("set the thumbprints %s", strings.Join(prints, ", ")),
			awsiam.UpdateOpenIDConnectProviderThumbprintInput{OpenIDConnectProviderArn: aws.String(got.id), ThumbprintList: prints})))
	}
	return draft
}

// inSet returns thumbprints in one form: their order and letter case mean nothing.
func inSet(prints []string) []string {
	prints = slices.Clone(prints)
	for i := range prints {
		prints[i] = strings.ToLower(prints[i])
	}
	slices.Sort(prints)
	return slices.Compact(prints)
}

// planClients adds client ids, then removes others. AWS changes one at a time.
func planClients(want iamv1alpha1.OpenIDConnectProviderSpec, got *provider, c kind.Case) []resource.Step {
	var adds, removals []resource.Step
	wanted := map[string]bool{}
	for i, id := range aws.ToStringSlice(want.ClientIDs) {
		if !wanted[id] && !slices.Contains(got.ClientIDList, id) {
			adds = append(adds, steps.For(0, fmt.Sprintf("spec.clientIDs[%d]", i), addClient.Step("add client id "+id,
				awsiam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: aws.String(got.id), ClientID: aws.String(id)})))
		}
		wanted[id] = true
	}
	for _, id := range got.ClientIDList {
		if !wanted[id] {
			removals = append(removals, steps.For(1, "spec.clientIDs", removeClient.Step("remove client id "+id,
				awsiam.RemoveClientIDFromOpenIDConnectProviderInput{OpenIDConnectProviderArn: aws.String(got.id), ClientID: aws.String(id)})))
		}
	}
	early := room.Make(c, adds, room.First(removals), string(removeClient.Verb))
	removals = slices.DeleteFunc(removals, func(step resource.Step) bool { return slices.ContainsFunc(early, step.Same) })
	return slices.Concat(early, adds, removals)
}

func unplanProvider(got *provider) []resource.Step {
	return []resource.Step{deleteProvider.Step("delete the provider "+aws.ToString(got.Url), awsiam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: aws.String(got.id)})}
}

// IAM's limits for a provider.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const (
	maxURL         = 255
	maxClientID    = 255
	maxClients     = 100
	thumbprintSize = 40
	maxThumbprints = 5
)

func checkProvider(want iamv1alpha1.OpenIDConnectProviderSpec) []kind.Invalid {
	var f findings
	const path = "spec.url"
	switch url := aws.ToString(want.URL); {
	case url == "":
		f.Add(path, null("url"), "a provider needs a URL")
	case !strings.HasPrefix(url, "https://") || len(url) == len("https://"):
		f.Add(path, finding.Says("ValidationError", "Invalid Open ID Connect Provider URL"), "%q does not begin with https:// and a host", url)
	case len(url) > maxURL:
		f.Add(path, unmet("url", url, atMost(maxURL)), "has %d characters, AWS allows %d", len(url), maxURL)
	}
	if n := len(inSet(aws.ToStringSlice(want.ClientIDs))); n > maxClients {
		f.Add("spec.clientIDs", finding.Says(codeLimit, "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: %d", maxClients), "has %d client ids, AWS allows %d", n, maxClients)
	}
	for i, id := range aws.ToStringSlice(want.ClientIDs) {
		if id == "" || len(id) > maxClientID {
			f.Add(fmt.Sprintf("spec.clientIDs[%d]", i), unmet("clientIDList", id, "have length between 1 and 255"), "has %d characters, AWS allows 1 to %d", len(id), maxClientID)
		}
	}
	if n := len(want.Thumbprints); n > maxThumbprints {
		f.Add("spec.thumbprints", finding.Says(codeInput, "Thumbprint list must contain fewer than 5 entries."), "has %d thumbprints, AWS allows %d", n, maxThumbprints)
	}
	for i, print := range aws.ToStringSlice(want.Thumbprints) {
		if len(print) != thumbprintSize {
			f.Add(fmt.Sprintf("spec.thumbprints[%d]", i), unmet("thumbprintList", print, "have length of 40"), "has %d characters, a thumbprint has %d", len(print), thumbprintSize)
		}
	}
	return f.All
}
