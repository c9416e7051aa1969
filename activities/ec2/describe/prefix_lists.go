package describe

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
)

// PrefixLists lists prefix lists, AWS's own among them. AWS has no filter for their tags.
var PrefixLists = List[types.ManagedPrefixList]{
	What: "prefix list", ID: "prefix-list-id", Type: types.ResourceTypePrefixList,
	Is:   func(p types.ManagedPrefixList) *string { return p.PrefixListId },
	ARN:  func(p types.ManagedPrefixList) *string { return p.PrefixListArn },
	Tags: func(p types.ManagedPrefixList) []types.Tag { return p.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.ManagedPrefixList, error) {
		by, tagged := withoutTags(by)
		pages := awsec2.NewDescribeManagedPrefixListsPaginator(client, &awsec2.DescribeManagedPrefixListsInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeManagedPrefixListsOutput) []types.ManagedPrefixList {
			return slices.DeleteFunc(page.PrefixLists, func(p types.ManagedPrefixList) bool { return !tagged(p.Tags) })
		})
	},
}

// PrefixListEntries reads the entries of a prefix list: AWS shows at most 100 on a page.
func PrefixListEntries(ctx context.Context, client *awsec2.Client, id string) ([]types.PrefixListEntry, error) {
	pages := awsec2.NewGetManagedPrefixListEntriesPaginator(client, &awsec2.GetManagedPrefixListEntriesInput{PrefixListId: &id})
	return reads.All(ctx, pages, func(page *awsec2.GetManagedPrefixListEntriesOutput) []types.PrefixListEntry { return page.Entries })
}

// PrefixListUsers names what refers to a prefix list, sorted.
func PrefixListUsers(ctx context.Context, client *awsec2.Client, id string) (names []string, err error) {
	pages := awsec2.NewGetManagedPrefixListAssociationsPaginator(client, &awsec2.GetManagedPrefixListAssociationsInput{PrefixListId: &id})
	users, err := reads.All(ctx, pages, func(page *awsec2.GetManagedPrefixListAssociationsOutput) []types.PrefixListAssociation {
		return page.PrefixListAssociations
	})
	for _, user := range users {
		names = append(names, aws.ToString(user.ResourceId)+" of account "+aws.ToString(user.ResourceOwner))
	}
	slices.Sort(names)
	return names, err
}
