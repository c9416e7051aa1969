package iam

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/tack-dev/tack/activities/kind"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// An id that no resource of the account can have is absent without a call. IAM refuses
// the question, so a claim that somebody edited would never heal.
func TestForgedIDIsAbsentWithoutACall(t *testing.T) {
	target := resource.Target{Partition: "aws", AccountID: "111122223333"}
	for what, find := range map[string]func(context.Context, *awsiam.Client, string) error{
		"policy": func(ctx context.Context, client *awsiam.Client, id string) error {
			_, err := policyKind.Find(ctx, client, kind.Query[iamv1alpha1.PolicySpec]{ID: id, Target: target, Want: iamv1alpha1.PolicySpec{Name: aws.String("x")}})
			return err
		},
		"role": func(ctx context.Context, client *awsiam.Client, id string) error {
			_, err := roleKind.Find(ctx, client, kind.Query[iamv1alpha1.RoleSpec]{ID: id, Target: target, Want: iamv1alpha1.RoleSpec{Name: aws.String("x")}})
			return err
		},
		"instance-profile": func(ctx context.Context, client *awsiam.Client, id string) error {
			_, err := profileKind.Find(ctx, client, kind.Query[iamv1alpha1.InstanceProfileSpec]{ID: id, Target: target, Want: iamv1alpha1.InstanceProfileSpec{Name: aws.String("x")}})
			return err
		},
	} {
		own := "arn:aws:iam::111122223333:" + what
		for id, asks := range map[string]bool{
			own + "/x":            true,
			own + "/team/a/x":     true,
			own + "/a:b/x+=,.@-_": true,
			"garbage":             false,
			"sg-1":                false,
			own + "/":             false,
			own + "/a b":          false,
			own + "/a b/x":        false,
			own + "/" + strings.Repeat("x", 512) + "/x":   false,
			"arn:aws:iam::999999999999:" + what + "/x":    false,
			"arn:aws-cn:iam::111122223333:" + what + "/x": false,
			"arn:aws:iam::111122223333:user/x":            false,
		} {
			server := &absent{}
			err := find(t.Context(), server.client(), id)
			if asked := len(server.asked) > 0; asked != asks || err != nil {
				t.Errorf("%s %.60s: asks AWS: %t, want %t (%v)", what, id, asked, asks, err)
			}
		}
	}
}

// absent answers that nothing is there, and records the actions.
type absent struct{ scripted }

func (a *absent) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := a.scripted.RoundTrip(r)
	if err == nil {
		response.StatusCode = http.StatusNotFound
		response.Body = io.NopCloser(strings.NewReader("<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code></Error></ErrorResponse>"))
	}
	return response, err
}

func (a *absent) client() *awsiam.Client {
	return awsiam.New(awsiam.Options{
		Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("k", "s", ""), HTTPClient: &http.Client{Transport: a},
	})
}
