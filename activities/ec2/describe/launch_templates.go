package describe

import (
	"context"
	"fmt"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
)

// LaunchTemplates lists launch templates. An account may have thousands, and AWS has no filter by id.
var LaunchTemplates = List[types.LaunchTemplate]{
	What: "launch template", Type: types.ResourceTypeLaunchTemplate,
	Is:   func(l types.LaunchTemplate) *string { return l.LaunchTemplateId },
	Tags: func(l types.LaunchTemplate) []types.Tag { return l.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.LaunchTemplate, error) {
		return launchTemplates(ctx, client, &awsec2.DescribeLaunchTemplatesInput{Filters: by})
	},
	One: func(ctx context.Context, client *awsec2.Client, id string) ([]types.LaunchTemplate, error) {
		return launchTemplates(ctx, client, &awsec2.DescribeLaunchTemplatesInput{LaunchTemplateIds: []string{id}})
	},
}

func launchTemplates(ctx context.Context, client *awsec2.Client, in *awsec2.DescribeLaunchTemplatesInput) ([]types.LaunchTemplate, error) {
	pages := awsec2.NewDescribeLaunchTemplatesPaginator(client, in)
	return reads.All(ctx, pages, func(page *awsec2.DescribeLaunchTemplatesOutput) []types.LaunchTemplate { return page.LaunchTemplates })
}

// LatestVersion reads the latest version of a launch template.
func LatestVersion(ctx context.Context, client *awsec2.Client, id string) (latest types.LaunchTemplateVersion, err error) {
	pages := awsec2.NewDescribeLaunchTemplateVersionsPaginator(client, &awsec2.DescribeLaunchTemplateVersionsInput{LaunchTemplateId: &id, Versions: []string{"$Latest"}})
	found, err := reads.All(ctx, pages, func(page *awsec2.DescribeLaunchTemplateVersionsOutput) []types.LaunchTemplateVersion {
		return page.LaunchTemplateVersions
	})
	if err == nil && (len(found) != 1 || found[0].VersionNumber == nil || found[0].LaunchTemplateData == nil) {
		err = reads.ErrIncomplete
	}
	if err != nil {
		return latest, fmt.Errorf("describing the latest version of %s: %w", id, err)
	}
	return found[0], nil
}
