package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
)

func TestOpenIDConnectProvider(t *testing.T) {
	a := newAccount(t)
	create := func(url string, prints ...string) (*string, error) {
		out, err := a.iam.CreateOpenIDConnectProvider(a.ctx(), &iam.CreateOpenIDConnectProviderInput{
			Url: &url, ThumbprintList: prints, ClientIDList: []string{"a"}, Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
		})
		if err != nil {
			return nil, err
		}
		return out.OpenIDConnectProviderArn, nil
	}
	refused := func(what string, err error, status int, code string) {
		t.Helper()
		a.wantRefused(what, err, status, code)
	}
	accepted := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	_, err := create("http://oidc.example.com")
	refused("a URL without https", err, http.StatusBadRequest, "ValidationError")
	_, err = create("https://oidc.example.com", "short")
	refused("a short thumbprint", err, http.StatusBadRequest, "ValidationError")
	arn := must[*string](a)(create("https://oidc.example.com/id"))
	_, err = create("https://oidc.example.com/id")
	refused("the same URL", err, http.StatusConflict, "EntityAlreadyExists")
	if want := "arn:aws:iam::" + a.id + ":oidc-provider/oidc.example.com/id"; *arn != want {
		t.Errorf("made %s, want %s", *arn, want)
	}

	client := func(id string, add bool) error {
		if add {
			_, err := a.iam.AddClientIDToOpenIDConnectProvider(a.ctx(), &iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: &id})
			return err
		}
		_, err := a.iam.RemoveClientIDFromOpenIDConnectProvider(a.ctx(), &iam.RemoveClientIDFromOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: &id})
		return err
	}
	for range 2 { // both calls are idempotent
		accepted(client("b", true))
		accepted(client("a", false))
	}
	tag := func(key, value string) {
		t.Helper()
		must[*iam.TagOpenIDConnectProviderOutput](a)(a.iam.TagOpenIDConnectProvider(a.ctx(), &iam.TagOpenIDConnectProviderInput{
			OpenIDConnectProviderArn: arn, Tags: []types.Tag{{Key: &key, Value: &value}},
		}))
	}
	tag("K", "w") // letter case counts
	got := must[*iam.GetOpenIDConnectProviderOutput](a)(a.iam.GetOpenIDConnectProvider(a.ctx(), &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn}))
	if diff := cmp.Diff([]any{[]string{"b"}, 1, 2, "oidc.example.com/id"}, []any{got.ClientIDList, len(got.ThumbprintList), len(got.Tags), *got.Url}); diff != "" {
		t.Errorf("got as %+v", got)
	}
	prints := func(list ...string) error {
		_, err := a.iam.UpdateOpenIDConnectProviderThumbprint(a.ctx(), &iam.UpdateOpenIDConnectProviderThumbprintInput{OpenIDConnectProviderArn: arn, ThumbprintList: list})
		return err
	}
	long := strings.Repeat("a", 40)
	refused("six thumbprints", prints(long, long, long, long, long, long), http.StatusBadRequest, "InvalidInput")
	accepted(prints(long))
	must[*iam.UntagOpenIDConnectProviderOutput](a)(a.iam.UntagOpenIDConnectProvider(a.ctx(), &iam.UntagOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, TagKeys: []string{"K"}}))
	got = must[*iam.GetOpenIDConnectProviderOutput](a)(a.iam.GetOpenIDConnectProvider(a.ctx(), &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn}))
	if diff := cmp.Diff([]any{[]string{long}, "k"}, []any{got.ThumbprintList, *got.Tags[0].Key}); diff != "" {
		t.Errorf("changed to %+v", got)
	}
	for range 2 { // a delete is idempotent
		must[*iam.DeleteOpenIDConnectProviderOutput](a)(a.iam.DeleteOpenIDConnectProvider(a.ctx(), &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn}))
	}
	refused("a client id of a provider that is gone", client("c", true), http.StatusNotFound, "NoSuchEntity")
}
