package scenario

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/tack-dev/tack/devenv/stack"
)

// PersonIn returns the role of a person, or of another tool, in an account. It distinguishes their calls
// in the journal from Tack's.
func PersonIn(account string) string { return "arn:aws:iam::" + account + ":role/person" }

// Person returns the configuration with which a person calls AWS in an account.
func (w *World) Person(ctx context.Context, account string) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx,
		config.WithRegion(stack.Region), config.WithBaseEndpoint(w.GatewayURL),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(stack.AccessKeyID, stack.SecretAccessKey, "")),
	)
	if err != nil {
		return cfg, fmt.Errorf("configuring a person's calls in account %s: %w", account, err)
	}
	cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), PersonIn(account)))
	return cfg, nil
}
