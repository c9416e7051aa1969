package gateway

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func tagged(owner string) []string {
	return []string{
		"Action", "CreateVpc", "CidrBlock", "10.0.0.0/16", "TagSpecification.1.ResourceType", "vpc",
		"TagSpecification.1.Tag.1.Key", OwnerTag, "TagSpecification.1.Tag.1.Value", owner,
	}
}

func TestJournalEntry(t *testing.T) {
	s := serveFake(t)
	s.ec2(t, tagged("a/b")...)
	want := Entry{
		Seq: 1, Account: "999999999999", Region: "eu-west-1", Service: "ec2", Principal: baseARN, AccessKeyID: baseKey,
		Action: "CreateVpc", Owner: "a/b", Created: []string{"vpc-1"}, Resources: []string{"vpc-1"}, Status: 200,
		Accepted: true, Delivered: true, Mutation: true, TagKeys: []string{OwnerTag},
	}
	if diff := cmp.Diff(want, s.only(t), cmpopts.IgnoreFields(Entry{}, "Time", "Milliseconds")); diff != "" {
		t.Errorf("entry (-want +got):\n%s", diff)
	}
}

// The journal keeps the parameters of a call that changes something, also across a restart. It hides user data,
// and omits parameters that are large.
func TestJournalKeepsParameters(t *testing.T) {
	s := serveFake(t)
	s.ec2(t, "Action", "RunInstances", "Version", "2016-11-15", "MaxCount", "1", "UserData", "c2VjcmV0")
	s.ec2(t, "Action", "CreateLaunchTemplate", "LaunchTemplateData.UserData", "c2VjcmV0")
	s.ec2(t, "Action", "CreateTags", "ResourceId.1", "vpc-1", "Tag.1.Value", strings.Repeat("x", mostParams))
	s.ec2(t, "Action", "DescribeVpcs", "VpcId.1", "vpc-1")
	s = serveAgain(t, s)
	want := []map[string]string{{"MaxCount": "1", "UserData": Hidden}, {"LaunchTemplateData.UserData": Hidden}, nil, nil}
	var got []map[string]string
	for _, e := range s.entries(t, Query{Params: true}) {
		got = append(got, e.Params)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
	if e := s.entries(t, Query{})[0]; e.Params != nil {
		t.Errorf("nobody asked for the parameters, and got %v", e.Params)
	}
}

// The journal names each key that a request would set or remove, in the forms of EC2 and of IAM, and those
// of AWS again.
func TestTagKeys(t *testing.T) {
	c := &call{form: url.Values{
		"TagSpecification.1.Tag.2.Key": {"c"}, "Tag.1.Key": {"a"}, "Tag.1.Value": {"v"}, "Tags.member.1.Key": {"AWS:d"}, "TagKeys.member.3": {"b"},
		"Filter.1.Name": {"tag:x"}, "LaunchTemplateData.TagSpecification.1.Tag.1.Key": {"e"},
	}}
	keys := c.tagKeys()
	if diff := cmp.Diff([]string{"AWS:d", "a", "b", "c", "e"}, keys); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"AWS:d"}, systemTags(keys)); diff != "" {
		t.Errorf("AWS's keys (-want +got):\n%s", diff)
	}
}

func TestOwnerIsRemembered(t *testing.T) {
	s := serveFake(t)
	s.ec2(t, tagged("a/b")...)
	s.ec2(t, "Action", "ModifyVpcAttribute", "VpcId", "vpc-1", "EnableDnsSupport.Value", "true")
	s.ec2(t, "Action", "DescribeVpcs", "Filter.1.Name", "tag:"+OwnerTag, "Filter.1.Value.1", "c/d")
	s.ec2(t, "Action", "ModifyVpcAttribute", "VpcId", "vpc-7", "EnableDnsSupport.Value", "true")
	s = serveAgain(t, s)
	s.ec2(t, "Action", "DeleteTags", "ResourceId.1", "vpc-1", "Tag.1.Key", "x")
	s.ec2(t, "Action", "CreateTags", "ResourceId.1", "vpc-7", "Tag.1.Key", OwnerTag, "Tag.1.Value", "e/f")
	s.ec2(t, "Action", "DeleteTags", "ResourceId.1", "vpc-7", "Tag.1.Key", "x")
	var got []string
	for _, e := range s.entries(t, Query{}) {
		got = append(got, e.Owner)
	}
	if diff := cmp.Diff([]string{"a/b", "a/b", "c/d", "", "a/b", "e/f", "e/f"}, got); diff != "" {
		t.Errorf("owners (-want +got):\n%s", diff)
	}
}

// A subnet leaves a network ACL by a call that names only the association and the VPC's default ACL.
func TestOwnerOfAPartIsRemembered(t *testing.T) {
	j := &journal{owners: map[string]string{}}
	c := &call{service: serviceEC2, action: "ReplaceNetworkAclAssociation", form: url.Values{"AssociationId": {"aclassoc-1"}, "NetworkAclId": {"acl-1"}}}
	a := &answer{status: 200, body: []byte("<R><newAssociationId>aclassoc-2</newAssociationId></R>")}
	j.record(&Entry{Service: serviceEC2, Owner: "a/b", Accepted: true, Parts: partsMade(c, a)})
	back := &call{service: serviceEC2, action: c.action, form: url.Values{"AssociationId": {"aclassoc-2"}, "NetworkAclId": {"acl-default"}}}
	if owner := j.ownerOf(back); owner != "a/b" {
		t.Errorf("the owner of aclassoc-2 is %q, want a/b", owner)
	}
}

// IAM chooses the name of a service-linked role, which has no tags at first.
func TestOwnerOfANameThatIAMChooses(t *testing.T) {
	j := &journal{owners: map[string]string{}}
	c := &call{service: serviceIAM, action: "CreateServiceLinkedRole", form: url.Values{"AWSServiceName": {"x.amazonaws.com"}}}
	a := &answer{status: 200, body: []byte("<R><RoleName>AWSServiceRoleForX</RoleName></R>")}
	made := createdResources(c, a)
	j.record(&Entry{Service: serviceIAM, Owner: "a/b", Accepted: true, Created: made, Resources: namesMade(c, made)})
	later := &call{service: serviceIAM, action: "TagRole", form: url.Values{"RoleName": {"AWSServiceRoleForX"}}}
	if owner := j.ownerOf(later); owner != "a/b" {
		t.Errorf("the owner of the role is %q, want a/b", owner)
	}
}

func TestQueriesCreatesAndCounts(t *testing.T) {
	s := serveFake(t)
	s.ec2(t, tagged("a")...)
	s.ec2(t, tagged("b")...)
	last, err := s.LastSeq(t.Context())
	if err != nil || last != 2 {
		t.Fatalf("LastSeq: %d, %v, want 2", last, err)
	}
	s.ec2(t, append(tagged("a"), "InstanceTenancy", "odd")...)
	s.ec2(t, "Action", "DescribeVpcs")
	s.ec2(t, "Action", "CreateTags", "ResourceId.1", "vpc-1", "Tag.1.Key", "k", "Tag.1.Value", "v")

	creates, err := s.Creates(t.Context(), "a")
	if err != nil || len(creates) != 1 || creates[0].Created[0] != "vpc-1" {
		t.Errorf("Creates: %+v, %v", creates, err)
	}
	if all, _ := s.Creates(t.Context(), ""); len(all) != 2 {
		t.Errorf("all creates: %+v", all)
	}
	if got := s.entries(t, Query{Since: last, Mutation: true}); len(got) != 2 {
		t.Errorf("mutations after %d: %+v", last, got)
	}
	counts, err := s.Counts(t.Context(), last)
	want := []Count{
		{Account: "999999999999", Principal: baseARN, Action: "CreateTags", Accepted: 1},
		{Account: "999999999999", Principal: baseARN, Action: "CreateVpc", Refused: 1},
		{Account: "999999999999", Principal: baseARN, Action: "DescribeVpcs", Accepted: 1},
	}
	if diff := cmp.Diff(want, counts); err != nil || diff != "" {
		t.Errorf("counts: %v (-want +got):\n%s", err, diff)
	}
}

func TestJournalSurvivesAKillDuringAWrite(t *testing.T) {
	s := serveFake(t)
	id := s.rule(t, Rule{Action: Actions{"CreateVpc"}, Fault: FaultHoldAfter, Times: 1})
	done := s.start(t, tagged("a")...)
	s.holding(t, id)
	if err := s.EndRule(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	<-done
	awaitEntry(t, s, func(e Entry) bool { return e.Delivered })
	s.ec2(t, "Action", "DescribeVpcs")
	path := filepath.Join(s.dir, "journal.jsonl")
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"seq":3,"acc`); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()

	s = serveAgain(t, s)
	s.ec2(t, "Action", "DescribeSubnets")
	s = serveAgain(t, s)
	var got []string
	for i, e := range s.entries(t, Query{}) {
		got = append(got, e.Action)
		if e.Seq != int64(i)+1 || !e.Delivered {
			t.Errorf("entry %d is %+v", i, e)
		}
	}
	if diff := cmp.Diff([]string{"CreateVpc", "DescribeVpcs", "DescribeSubnets"}, got); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
}
