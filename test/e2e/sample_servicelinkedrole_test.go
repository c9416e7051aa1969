package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
)

var _ = register(sample{
	kind: "iam.ServiceLinkedRole", create: "CreateServiceLinkedRole", noTags: true, unproven: "has been taken in this account",
	tags:   tagged(awsiam.NewFromConfig, (*awsiam.Client).GetRole, "RoleName"),
	spec:   func() fields { return fields{"awsServiceName": "autoscaling.amazonaws.com"} },
	change: `{"spec":{"description":"changed"}}`,
	count: func(t *testing.T, account string) int {
		t.Helper()
		out, err := awsiam.NewFromConfig(w.config(t, account)).ListRoles(t.Context(), &awsiam.ListRolesInput{PathPrefix: aws.String("/aws-service-role/")})
		if err != nil {
			t.Fatal(err)
		}
		return len(out.Roles)
	},
	remove: removeLinked,
	full: func(string) fields {
		return fields{"awsServiceName": "autoscaling.amazonaws.com", "customSuffix": "web", "description": "made by a test"}
	},
	fullChange: `{"spec":{"description":"other"}}`,
})

// removeLinked deletes a role, and waits until AWS has done it.
func removeLinked(ctx context.Context, cfg aws.Config, id string) error {
	client := awsiam.NewFromConfig(cfg)
	if _, err := client.DeleteServiceLinkedRole(ctx, &awsiam.DeleteServiceLinkedRoleInput{RoleName: &id}); err != nil {
		return err
	}
	for {
		out, err := client.ListRoles(ctx, &awsiam.ListRolesInput{PathPrefix: aws.String("/aws-service-role/")})
		if err != nil {
			return err
		}
		there := false
		for _, role := range out.Roles {
			there = there || aws.ToString(role.RoleName) == id
		}
		if !there {
			return nil
		}
		if _, err = client.GetRole(ctx, &awsiam.GetRoleInput{RoleName: &id}); err == nil {
			time.Sleep(200 * time.Millisecond)
		}
	}
}

// A role that an AWS service uses is not deleted: the object names AWS's reason and the resource. A role
// that the service made for itself is left alone, and so is its object's create refused.
func TestServiceLinkedRoleInUse(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client := awsiam.NewFromConfig(w.config(t, team.account))
	theirs, err := client.CreateServiceLinkedRole(t.Context(), &awsiam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("autoscaling.amazonaws.com")})
	if err != nil {
		t.Fatal(err)
	}
	taken := team.apply(t, "iam.ServiceLinkedRole", "theirs", fields{"awsServiceName": "autoscaling.amazonaws.com"})
	taken.awaitCondition(t, "ACK.ResourceSynced", "False", "has been taken in this account")
	deleteAll(t, taken)
	shown, err := client.GetRole(t.Context(), &awsiam.GetRoleInput{RoleName: theirs.Role.RoleName})
	if err != nil || len(shown.Role.Tags) > 0 {
		t.Errorf("the role of the service is %+v, error %v", shown, err)
	}

	role := team.apply(t, "iam.ServiceLinkedRole", "gateways", fields{"awsServiceName": "transitgateway.amazonaws.com"})
	id := role.awaitSynced(t)
	sampleOf("ec2.TransitGatewayVPCAttachment").prepare(t, team)
	attachment := team.apply(t, "ec2.TransitGatewayVPCAttachment", "uses", sampleOf("ec2.TransitGatewayVPCAttachment").spec())
	used := attachment.awaitSynced(t)
	role.waitsFor(t, used+" ("+awsec2.NewFromConfig(w.config(t, team.account)).Options().Region+")")
	if _, err = client.GetRole(t.Context(), &awsiam.GetRoleInput{RoleName: &id}); err != nil {
		t.Errorf("the role that is used: %v", err)
	}
	deleteAll(t, attachment)
	role.awaitGone(t)
}
