package fixed

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
)

type (
	mode string
	spec struct {
		VPCID, CIDRBlock, Mode, Name *string
		Native                       *bool
	}
	answer struct {
		VpcId, CidrBlock, GroupName *string
		Mode                        mode
		Native                      *bool
	}
	shown struct {
		answer
		_ int
	}
)

func TestNotes(t *testing.T) {
	fields := Of[spec, shown]("vpcID", "cidrBlock", "mode", "native").As("name", "GroupName")
	got := shown{answer: answer{VpcId: aws.String("vpc-1"), CidrBlock: aws.String("10.0.0.0/16"), GroupName: aws.String("web")}}
	note := func(field, is string) string {
		return "spec." + field + `: AWS cannot change it; make a new object, or put back "` + is + `"`
	}
	for name, test := range map[string]struct {
		want   spec
		fields Fields[spec, shown]
		notes  []string
	}{
		"nothing asked":          {spec{VPCID: aws.String("")}, fields, nil},
		"as it is":               {spec{VPCID: aws.String("vpc-1"), CIDRBlock: aws.String("10.0.9.9/16"), Name: aws.String("web ")}, fields, nil},
		"another":                {spec{VPCID: aws.String("vpc-2"), CIDRBlock: aws.String("10.1.0.0/16")}, fields, []string{note("vpcID", "vpc-1"), note("cidrBlock", "10.0.0.0/16")}},
		"another name":           {spec{Name: aws.String("db")}, fields, []string{note("name", "web")}},
		"AWS shows none":         {spec{Mode: aws.String("a"), Native: aws.Bool(false)}, fields, []string{note("mode", "")}},
		"a flag that is off":     {spec{Native: aws.Bool(true)}, fields, []string{note("native", "false")}},
		"compared only if shown": {spec{VPCID: aws.String("vpc-2"), Mode: aws.String("a")}, fields.WhereShown(), []string{note("vpcID", "vpc-1")}},
		"no fields":              {spec{VPCID: aws.String("vpc-2")}, Fields[spec, shown]{}, nil},
	} {
		if diff := cmp.Diff(test.notes, test.fields.Notes("spec", test.want, &got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestNotesOfNestedFields(t *testing.T) {
	type part struct{ VpcId *string }
	type nested struct {
		Parts []part
		Inner *part
		Other *string
	}
	two := nested{Parts: []part{{aws.String("vpc-1")}, {aws.String("vpc-2")}}, Inner: &part{aws.String("vpc-3")}, Other: aws.String("vpc-4")}
	want := func(id string) spec { return spec{VPCID: aws.String(id)} }
	is := func(id string) []string { return []string{Note("spec.vpcID", id)} }
	inList := Of[spec, nested]().As("vpcID", "Parts[].VpcId")
	inStruct := Of[spec, nested]().As("vpcID", "Inner.VpcId")
	inSeveral := Of[spec, nested]().As("vpcID", "Inner.VpcId", "Other")
	for name, test := range map[string]struct {
		fields Fields[spec, nested]
		want   spec
		got    nested
		notes  []string
	}{
		"one of a list":              {inList, want("vpc-2"), two, nil},
		"none of a list":             {inList, want("vpc-9"), two, is("vpc-1")},
		"an empty list":              {inList, want("vpc-9"), nested{}, is("")},
		"an empty list, if shown":    {inList.WhereShown(), want("vpc-9"), nested{}, nil},
		"in a struct":                {inStruct, want("vpc-3"), two, nil},
		"another in a struct":        {inStruct, want("vpc-9"), two, is("vpc-3")},
		"no struct":                  {inStruct, want("vpc-9"), nested{}, is("")},
		"one of several fields":      {inSeveral, want("vpc-4"), two, nil},
		"none of several fields":     {inSeveral, want("vpc-9"), two, is("vpc-3")},
		"none, and the spec is free": {inSeveral, spec{}, two, nil},
	} {
		if diff := cmp.Diff(test.notes, test.fields.Notes("spec", test.want, &test.got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestNote(t *testing.T) {
	if got := Note("spec.name", "web"); got != `spec.name: AWS cannot change it; make a new object, or put back "web"` {
		t.Error(got)
	}
}

func TestAFieldThatDoesNotExist(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a field that AWS does not have is accepted")
		}
	}()
	Of[spec, shown]("more2")
}
