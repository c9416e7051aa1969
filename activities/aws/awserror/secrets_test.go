package awserror

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/tack-dev/tack/resource"
)

// A message of AWS that repeats a secret of the request is dropped, whether it repeats it whole, in
// part or decoded. Its code and class remain.
func TestDiscreet(t *testing.T) {
	script := "#!/bin/sh\nexport DB_PASSWORD=hunter2-hunter2\n"
	data := base64.StdEncoding.EncodeToString([]byte(script))
	request, err := json.Marshal(map[string]any{"ImageId": "ami-0123456789abcdef0", "UserData": data, "Nested": []any{map[string]any{"UserData": map[string]any{"Value": "short"}}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		message string
		secrets []string
		hidden  bool
	}{
		"nothing repeated":   {"The image id 'ami-0123456789abcdef0' does not exist", []string{"UserData"}, false},
		"whole":              {"Value (" + data + ") for parameter userData is invalid", []string{"UserData"}, true},
		"shortened":          {"Invalid value '" + data[:20] + "…'", []string{"UserData"}, true},
		"from the middle":    {"near '" + data[20:40] + "'", []string{"UserData"}, true},
		"decoded":            {"cannot run 'export DB_PASSWORD=hunter2'", []string{"UserData"}, true},
		"a short one, whole": {"Value (short) is invalid", []string{"UserData"}, true},
		"no secret fields":   {"Value (" + data + ") is invalid", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			sent := fmt.Errorf("operation error EC2: RunInstances, %w", &smithyhttp.ResponseError{
				Response: &smithyhttp.Response{Response: &http.Response{StatusCode: http.StatusBadRequest}},
				Err:      &smithy.GenericAPIError{Code: "InvalidParameterValue", Message: c.message},
			})
			err := Discreet(sent, c.secrets, request)
			f := Of(err)
			if f.Code != "InvalidParameterValue" || f.Class != resource.Invalid {
				t.Errorf("classed as %+v", f)
			}
			if hidden := f.Message != c.message; hidden != c.hidden {
				t.Errorf("the message is %q; hidden: %t, want %t", f.Message, hidden, c.hidden)
			}
			if c.hidden && strings.Contains(Activity(f, true, 0).Error(), c.message) {
				t.Errorf("the activity's error repeats it: %v", Activity(f, true, 0))
			}
		})
	}
	lost := errors.New("connection reset")
	if got := Discreet(lost, []string{"UserData"}, request); !errors.Is(got, lost) || Of(got).Class != resource.Unclear {
		t.Errorf("without an answer: %v", got)
	}
}
