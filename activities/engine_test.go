package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

func TestCompact(t *testing.T) {
	type inner struct{ List []string }
	for name, test := range map[string]struct {
		in   any
		want string
	}{
		"nothing":       {inner{}, `{}`},
		"nil":           {nil, `{}`},
		"sorted keys":   {map[string]any{"b": 1, "a": "x"}, `{"a":"x","b":1}`},
		"nested":        {map[string]any{"a": inner{}, "b": []inner{{}, {List: []string{"x"}}}}, `{"b":[{"List":["x"]}]}`},
		"zeros stay":    {map[string]any{"port": 0, "on": false, "text": ""}, `{"on":false,"port":0,"text":""}`},
		"empty objects": {map[string]any{"a": map[string]any{"b": map[string]any{}}}, `{}`},
	} {
		if diff := cmp.Diff(test.want, string(compact(test.in))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCheckTags(t *testing.T) {
	many := make([]Tag, 46)
	for i := range many {
		many[i].Key = fmt.Sprint("k", i)
	}
	for name, test := range map[string]struct {
		tags []Tag
		want []Invalid
	}{
		"good":            {[]Tag{{"a", ""}, {"A", "1"}, {"aws:x", "y"}, {"services.k8s.aws/mine", "z"}}, nil},
		"no key":          {[]Tag{{"", "x"}}, []Invalid{{"spec.tags[0].key", "a tag needs a key"}}},
		"twice":           {[]Tag{{"a", "1"}, {"a", "2"}}, []Invalid{{"spec.tags[1].key", `"a" is there twice`}}},
		"ours":            {[]Tag{{resource.TagOwner, "me"}}, []Invalid{{"spec.tags[0].key", `"services.k8s.aws/tack-owner" is the name of an ownership tag: choose another`}}},
		"long key":        {[]Tag{{strings.Repeat("é", 129), ""}}, []Invalid{{"spec.tags[0].key", "has 129 characters, AWS takes 128"}}},
		"long value":      {[]Tag{{"a", strings.Repeat("é", 257)}}, []Invalid{{"spec.tags[0].value", "has 257 characters, AWS takes 256"}}},
		"as many as fit":  {many[:45], nil},
		"more than there": {many, []Invalid{{"spec.tags", "has 46 tags, there is room for 45"}}},
	} {
		if diff := cmp.Diff(test.want, checkTags(test.tags)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestTagChange(t *testing.T) {
	want := map[string]string{"same": "1", "other": "2", "new": "", resource.TagControllerVersion: "tack", "aws:mine": "x"}
	got := map[string]string{"same": "1", "other": "1", "old": "1", resource.TagControllerVersion: "ec2-v1", "aws:cloudformation:stack-name": "s", "AWS:x": "y"}
	set, remove := TagChange(want, got)
	if diff := cmp.Diff(map[string]string{"other": "2", "new": ""}, set); diff != "" {
		t.Errorf("set (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"old"}, remove); diff != "" {
		t.Errorf("remove (-want +got):\n%s", diff)
	}
	if got := DescribeTags(map[string]string{"b": "2", "a": "1", resource.TagOwner: "x"}); got != "a=1, b=2" {
		t.Errorf("in words: %s", got)
	}
	if got := DescribeTags(map[string]string{resource.TagOwner: "x"}); got != "ownership" {
		t.Errorf("in words: %s", got)
	}
}

func TestWantedTags(t *testing.T) {
	owner := resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: "ec2.VPC", Cluster: "c", Namespace: "n", Name: "v"}}
	if diff := cmp.Diff(map[string]string{
		"a": "1", resource.TagOwner: "i/c/ec2.VPC/n/v", resource.TagUID: "u", resource.TagIncarnation: "2",
		resource.TagControllerVersion: "tack", resource.TagNamespace: "n",
	}, wantedTags([]Tag{{"a", "1"}, {"aws:x", "2"}}, owner, 2)); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

// awsError is an answer of AWS as the SDK gives it.
func awsError(code string, status int) error { return awsErrorSaying(code, "because", status) }

func awsErrorSaying(code, message string, status int) error {
	return &smithy.OperationError{ServiceID: "EC2", OperationName: "X", Err: &smithyhttp.ResponseError{
		Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}},
		Err:      &smithy.GenericAPIError{Code: code, Message: message},
	}}
}

func TestFailureOf(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want resource.Class
		code string
	}{
		"throttled":             {awsError("RequestLimitExceeded", 503), resource.Throttled, "RequestLimitExceeded"},
		"no such group":         {awsError("InvalidGroup.NotFound", 400), resource.NotFound, "InvalidGroup.NotFound"},
		"no such policy":        {awsError("NoSuchEntity", 404), resource.NotFound, "NoSuchEntity"},
		"a template's name":     {awsError("InvalidLaunchTemplateName.NotFoundException", 400), resource.NotFound, "InvalidLaunchTemplateName.NotFoundException"},
		"duplicate":             {awsError("InvalidPermission.Duplicate", 400), resource.Exists, "InvalidPermission.Duplicate"},
		"token is spent":        {awsError("IdempotentParameterMismatch", 400), resource.Exists, "IdempotentParameterMismatch"},
		"policy exists":         {awsError("EntityAlreadyExists", 409), resource.Exists, "EntityAlreadyExists"},
		"depends":               {awsError("DependencyViolation", 400), resource.Dependent, "DependencyViolation"},
		"address in use":        {awsError("InvalidIPAddress.InUse", 400), resource.Dependent, "InvalidIPAddress.InUse"},
		"denied":                {awsError("UnauthorizedOperation", 403), resource.Denied, "UnauthorizedOperation"},
		"quota":                 {awsError("VpcLimitExceeded", 400), resource.Quota, "VpcLimitExceeded"},
		"capacity, though 5xx":  {awsError("InsufficientInstanceCapacity", 500), resource.Quota, "InsufficientInstanceCapacity"},
		"expired":               {awsError("RequestExpired", 400), resource.Expired, "RequestExpired"},
		"malformed id":          {awsError("InvalidGroupId.Malformed", 400), resource.Invalid, "InvalidGroupId.Malformed"},
		"document":              {awsError("MalformedPolicyDocument", 400), resource.Invalid, "MalformedPolicyDocument"},
		"principal not seen":    {awsErrorSaying("MalformedPolicyDocument", "Invalid principal in policy: ...", 400), resource.Other, "MalformedPolicyDocument"},
		"profile not seen":      {awsErrorSaying("InvalidParameterValue", "Value (web) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name", 400), resource.Other, "InvalidParameterValue"},
		"token of a gone one":   {awsError("IdempotentInstanceTerminated", 400), resource.Exists, "IdempotentInstanceTerminated"},
		"no capacity, with 5xx": {awsError("InsufficientInstanceCapacity", 500), resource.Quota, "InsufficientInstanceCapacity"},
		"unknown code":          {awsError("SomethingNew", 400), resource.Other, "SomethingNew"},
		"unknown code with 5xx": {awsError("InternalError", 500), resource.Unclear, "InternalError"},
		"connection lost":       {fmt.Errorf("sending: %w", errors.New("connection reset")), resource.Unclear, "NoAnswer"},
		"time-out":              {fmt.Errorf("sending: %w", context.DeadlineExceeded), resource.Unclear, "NoAnswer"},
		"unreadable answer":     {&smithy.DeserializationError{Err: awsError("X", 200)}, resource.Unclear, "NoAnswer"},
		"another account":       {accountError{want: "1", got: "2", role: "r"}, resource.Denied, "WrongAccount"},
	} {
		if f := failureOf(test.err); f.Class != test.want || f.Code != test.code {
			t.Errorf("%s is %s %s, want %s %s", name, f.Class, f.Code, test.want, test.code)
		}
	}
	if !IsNotFound(fmt.Errorf("getting: %w", awsError("NoSuchEntity", 404))) || IsNotFound(nil) || IsNotFound(awsError("AccessDenied", 403)) {
		t.Error("IsNotFound does not tell absence from the rest")
	}
}

func TestActivityError(t *testing.T) {
	for class, test := range map[resource.Class]struct{ once, final bool }{
		resource.Throttled: {true, false},
		resource.Dependent: {true, false},
		resource.Expired:   {true, false},
		resource.Unclear:   {false, false},
		resource.NotFound:  {false, true},
		resource.Exists:    {false, true},
		resource.Denied:    {false, true},
		resource.Quota:     {false, true},
		resource.Invalid:   {false, true},
		resource.Other:     {false, true},
	} {
		var err *temporal.ApplicationError
		if !errors.As(activityError(resource.Failure{Code: "C", Class: class}, test.once), &err) || err.NonRetryable() != test.final || err.Type() != "C" {
			t.Errorf("%s: not retried is %t", class, err.NonRetryable())
		}
	}
	var err *temporal.ApplicationError
	if !errors.As(activityError(resource.Failure{Class: resource.Unclear}, true), &err) || !err.NonRetryable() {
		t.Error("what is sent once is sent again although nobody knows how it ended")
	}
}

func TestRefused(t *testing.T) {
	c := Case{Failures: []resource.Failure{
		{Step: resource.Step{Verb: "A"}, Class: resource.Unclear},
		{Step: resource.Step{Verb: "B"}, Class: resource.Invalid},
	}}
	if c.Refused("A") || !c.Refused("B") || c.Refused("C") {
		t.Error("refused is what AWS answered, not what got lost")
	}
}

func TestChanged(t *testing.T) {
	type status map[string]any
	for name, test := range map[string]struct {
		want    status
		shown   string
		changed bool
	}{
		"nothing to show":            {status{}, `{"id":"x"}`, false},
		"no status yet":              {status{"id": "x"}, ``, true},
		"the same":                   {status{"id": "x", "n": 1, "rules": []any{map[string]any{"a": nil, "b": 2}}}, `{"id":"x","n":1,"rules":[{"b":2}]}`, false},
		"another value":              {status{"id": "x", "n": 1}, `{"id":"x","n":2}`, true},
		"a field more":               {status{"id": "x", "n": 1}, `{"id":"x"}`, true},
		"a field less":               {status{"id": "x"}, `{"id":"x","n":2}`, true},
		"what the engine writes":     {status{"id": "x"}, `{"id":"x","conditions":[],"observedGeneration":3,"inputsDigest":"d","retries":1,"nextTryTime":"t"}`, false},
		"metadata of which we know":  {status{"id": "x", "ackResourceMetadata": map[string]any{"arn": "a"}}, `{"id":"x","ackResourceMetadata":{"arn":"a","region":"r"}}`, false},
		"metadata that is different": {status{"id": "x", "ackResourceMetadata": map[string]any{"arn": "b"}}, `{"id":"x","ackResourceMetadata":{"arn":"a","region":"r"}}`, true},
	} {
		if raw := changed(test.want, json.RawMessage(test.shown)); (raw != nil) != test.changed {
			t.Errorf("%s: changed is %s", name, raw)
		}
	}
}

func TestNotVisible(t *testing.T) {
	e := &Engine{Windows: DefaultWindows()}
	fresh := &resource.Claim{ID: "x", Time: time.Now()}
	for name, test := range map[string]struct {
		claim *resource.Claim
		done  []resource.Done
		wait  bool
	}{
		"no claim":          {nil, nil, false},
		"open claim":        {&resource.Claim{Time: time.Now()}, nil, false},
		"just recorded":     {fresh, nil, true},
		"just tagged":       {fresh, []resource.Done{{Verb: "Tag"}}, true},
		"deleted by us":     {fresh, []resource.Done{{Verb: "Delete"}}, false},
		"recorded long ago": {&resource.Claim{ID: "x", Time: time.Now().Add(-time.Hour)}, nil, false},
	} {
		in := resource.ObserveInput{Object: resource.Object{Claim: test.claim}, Done: test.done}
		if wait := e.notVisible(in); (wait != nil) != test.wait {
			t.Errorf("%s: %v", name, wait)
		}
	}
}

// A token is of one incarnation: it must not be sent again once it may be spent,
// and not be another one while a create with it is unclear.
func TestIncarnationOfTheNext(t *testing.T) {
	d := Definition[any, any, any]{
		Tags:   func(any) []Tag { return nil },
		Create: func(_ any, m Making) resource.Step { return resource.Step{Verb: m.Token} },
		Plan:   func(any, *any, Case) Draft { return Draft{} },
	}
	for name, test := range map[string]struct {
		claim *resource.Claim
		want  int
	}{
		"nothing was sent":               {nil, 1},
		"a create is unclear":            {&resource.Claim{Incarnation: 2}, 2},
		"it is gone":                     {&resource.Claim{Incarnation: 2, ID: "x"}, 3},
		"AWS refused, or lost its trace": {&resource.Claim{Incarnation: 2, Void: true}, 3},
	} {
		in := resource.ObserveInput{Object: resource.Object{Claim: test.claim}}
		plan := d.planNew(in, nil)
		if plan.Incarnation != test.want || plan.Create.Verb != in.Object.Owner.Token(in.Target, test.want) {
			t.Errorf("%s: incarnation %d with token %s, want %d", name, plan.Incarnation, plan.Create.Verb, test.want)
		}
	}
}

func TestForeign(t *testing.T) {
	object := resource.Object{Owner: resource.Owner{Install: "i", Ref: resource.Ref{Kind: "iam.Policy", Cluster: "c", Namespace: "n", Name: "p"}}}
	recorded, deleting, retained := object, object, object
	recorded.Claim = &resource.Claim{ID: "x"}
	deleting.Claim, deleting.Deleting = recorded.Claim, true
	retained.Claim, retained.Deleting, retained.Retain = recorded.Claim, true, true
	for name, test := range map[string]struct {
		object resource.Object
		owner  string
		want   string
	}{
		"ours":                           {object, "i/c/iam.Policy/n/p", ""},
		"the name is taken":              {object, "", "NameTaken"},
		"another object's":               {object, "i/other/iam.Policy/n/p", "OwnedByAnother"},
		"recorded, but another's by now": {recorded, "j/c/iam.Policy/n/p", "OwnedByAnother"},
		"recorded, tags lost":            {recorded, "", ""},
		"deleting, tags lost":            {deleting, "", "NotOwned"},
		"retained, tags lost":            {retained, "", ""},
	} {
		facts := Facts{ID: "x", Tags: map[string]string{}}
		if test.owner != "" {
			facts.Tags[resource.TagOwner] = test.owner
		}
		got := ""
		if problem := foreign(test.object, facts); problem != nil {
			got = problem.Reason
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestCannotChange(t *testing.T) {
	if got := CannotChange("spec.name", "web"); got != `spec.name: AWS cannot change it; make a new object, or put back "web"` {
		t.Error(got)
	}
}
