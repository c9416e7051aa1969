package shape

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
)

// The types of an API, and those of an SDK.
type (
	state string

	apiTag  struct{ Key, Value *string }
	apiPart struct {
		NameID *string `json:"nameID,omitempty"`
		State  *string `json:"state,omitempty"`
	}
	apiSpec struct {
		VPCID     *string                                     `json:"vpcID,omitempty"`
		VPCRef    *corev1alpha1.AWSResourceReferenceWrapper   `json:"vpcRef,omitempty"`
		GroupRefs []*corev1alpha1.AWSResourceReferenceWrapper `json:"groupRefs,omitempty"`
		Count     *int64                                      `json:"count,omitempty"`
		On        *bool                                       `json:"on,omitempty"`
		Type_     *string                                     `json:"type_,omitempty"`
		Names     []*string                                   `json:"names,omitempty"`
		Parts     []*apiPart                                  `json:"parts,omitempty"`
		Part      *apiPart                                    `json:"part,omitempty"`
		Words     map[string]*string                          `json:"words,omitempty"`
		EndTime   *metav1.Time                                `json:"endTime,omitempty"`
		Renamed   *string                                     `json:"renamed,omitempty"`
		LeftOut   *string                                     `json:"leftOut,omitempty"`
		Tags      []*apiTag                                   `json:"tags,omitempty"`
	}

	sdkPart struct {
		NameId *string
		State  state
	}
	sdkAll struct {
		VpcId   *string
		Count   *int32
		On      bool
		Type    state
		Names   []string
		Parts   []sdkPart
		Part    *sdkPart
		Words   map[string]string
		EndTime *time.Time
		Other   *string
		More    *string
		Tags    []string
	}
)

var (
	day     = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	options = []Option{As("renamed", "Other"), Out("leftOut")}
)

func filledSpec() apiSpec {
	return apiSpec{
		VPCID: aws.String("vpc-1"), Count: aws.Int64(7), On: aws.Bool(true), Type_: aws.String("x"), Names: []*string{aws.String("a"), aws.String("b")},
		Parts: []*apiPart{{NameID: aws.String("n"), State: aws.String("up")}}, Part: &apiPart{NameID: aws.String("m")},
		Words: map[string]*string{"k": aws.String("v")}, EndTime: &metav1.Time{Time: day}, Renamed: aws.String("r"),
	}
}

func filledSDK() sdkAll {
	return sdkAll{
		VpcId: aws.String("vpc-1"), Count: aws.Int32(7), On: true, Type: "x", Names: []string{"a", "b"},
		Parts: []sdkPart{{NameId: aws.String("n"), State: "up"}}, Part: &sdkPart{NameId: aws.String("m")},
		Words: map[string]string{"k": "v"}, EndTime: &day, Other: aws.String("r"),
	}
}

func TestRequest(t *testing.T) {
	request := Request[sdkAll, apiSpec](options...)
	ref := &corev1alpha1.AWSResourceReferenceWrapper{}
	full := filledSpec()
	full.VPCRef, full.LeftOut, full.Tags = ref, aws.String("x"), []*apiTag{{}}
	for name, test := range map[string]struct {
		want apiSpec
		in   sdkAll
	}{
		"nothing":                       {apiSpec{}, sdkAll{}},
		"everything":                    {full, filledSDK()},
		"empty texts are unset":         {apiSpec{VPCID: aws.String(""), Type_: aws.String(""), Names: []*string{nil, aws.String("")}}, sdkAll{}},
		"false and zero are values":     {apiSpec{Count: aws.Int64(0), On: aws.Bool(false)}, sdkAll{Count: aws.Int32(0)}},
		"an item that is null":          {apiSpec{Parts: []*apiPart{nil, {State: aws.String("up")}}}, sdkAll{Parts: []sdkPart{{State: "up"}}}},
		"a number that does not fit":    {apiSpec{Count: aws.Int64(1 << 40)}, sdkAll{Count: aws.Int32(math.MaxInt32)}},
		"a negative one does not fit":   {apiSpec{Count: aws.Int64(-1 << 40)}, sdkAll{Count: aws.Int32(math.MinInt32)}},
		"a part without values":         {apiSpec{Part: &apiPart{}}, sdkAll{}},
		"an item without values":        {apiSpec{Parts: []*apiPart{{}}}, sdkAll{Parts: []sdkPart{{}}}},
		"a map without a value of some": {apiSpec{Words: map[string]*string{"k": nil}}, sdkAll{}},
	} {
		if diff := cmp.Diff(test.in, request(test.want)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestStatus(t *testing.T) {
	status := Status[apiSpec, sdkAll](append(options, Out("tags"))...)
	full, shown := filledSDK(), filledSpec()
	local := day.In(time.FixedZone("x", 3600))
	full.EndTime, full.Tags = &local, []string{"x"}
	if diff := cmp.Diff(shown, status(&full)); diff != "" {
		t.Errorf("everything (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(apiSpec{On: aws.Bool(false)}, status(&sdkAll{Names: []string{""}, VpcId: aws.String("")})); diff != "" {
		t.Errorf("nothing (-want +got):\n%s", diff)
	}
	if zone := status(&full).EndTime.Location(); zone != time.UTC {
		t.Errorf("the time is in zone %s", zone)
	}
}

// The engine writes some fields of a status itself.
func TestStatusOfTheEngine(t *testing.T) {
	type status struct {
		VPCID      *string                   `json:"vpcID,omitempty"`
		Conditions []*corev1alpha1.Condition `json:"conditions,omitempty"`
		SyncedID   *string                   `json:"syncedID,omitempty"`
	}
	got := Shown[status, sdkAll]()(&sdkAll{VpcId: aws.String("vpc-1")})
	if diff := cmp.Diff(status{VPCID: aws.String("vpc-1")}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A field of an embedded struct counts as the struct's own.
func TestEmbedded(t *testing.T) {
	type outer struct {
		sdkPart
		More int
	}
	got := Status[apiPart, outer]()(&outer{sdkPart: sdkPart{NameId: aws.String("n"), State: "up"}})
	if diff := cmp.Diff(apiPart{NameID: aws.String("n"), State: aws.String("up")}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// No program starts with a field that would get lost.
func TestPairingIsComplete(t *testing.T) {
	type wrong struct {
		VPCID *int64 `json:"vpcID,omitempty"`
	}
	type whole struct {
		Part *apiSpec `json:"part"`
	}
	for name, test := range map[string]struct {
		pair func()
		want string
	}{
		"no counterpart": {func() { Request[sdkAll, apiSpec](Out("leftOut")) }, "renamed has no field in shape.sdkAll"},
		"no such field":  {func() { Request[sdkAll, apiSpec](append(options, Out("typo"))...) }, "typo is no field of shape.apiSpec"},
		"another type":   {func() { Request[sdkAll, wrong]() }, "vpcID is a int64, and the SDK has a string"},
		"within a part":  {func() { Status[whole, sdkAll]() }, "part.vpcID has no field in shape.sdkPart"},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.Contains(said, test.want) {
					t.Errorf("it panics with %q, want %q", said, test.want)
				}
			}()
			test.pair()
		})
	}
}

// ACK calls the id of some kinds plainly "id".
func TestAPlainID(t *testing.T) {
	type shown struct {
		ID *string `json:"id,omitempty"`
	}
	type Gateway struct{ GatewayId *string }
	type gateway struct{ Gateway }
	for name, got := range map[string]any{
		"of a type":              Shown[shown, Gateway]()(&Gateway{aws.String("g-1")}),
		"of a type that extends": Shown[shown, gateway]()(&gateway{Gateway{aws.String("g-1")}}),
	} {
		if diff := cmp.Diff(any(shown{ID: aws.String("g-1")}), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestPart(t *testing.T) {
	type Gateway struct{ GatewayId *string }
	type extended struct{ Gateway }
	got := extended{Gateway{aws.String("g-1")}}
	if part := Part[Gateway, extended]()(&got); part != &got.Gateway {
		t.Error("the part is not that of the whole")
	}
	if part := Part[Gateway, Gateway]()(&got.Gateway); part != &got.Gateway {
		t.Error("a type is not its own part")
	}
	if id := Text(got, "GatewayId"); id != got.GatewayId {
		t.Error("the text is not the part's")
	}
	if Text(got, "Name") != nil {
		t.Error("a field that does not exist has a text")
	}
	defer func() {
		if recover() == nil {
			t.Error("a type that lacks the part is accepted")
		}
	}()
	Part[extended, Gateway]()
}
