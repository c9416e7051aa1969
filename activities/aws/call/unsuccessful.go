package call

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"

	"github.com/aws/smithy-go"

	"github.com/tack-dev/tack/activities/aws/request"
)

// CodeUnsuccessful replaces an item's code that is only an HTTP status: "400".
const CodeUnsuccessful = "Unsuccessful"

// item is an entry of the list with which EC2 refuses a part of a request.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UnsuccessfulItem.html
type item struct {
	ResourceID string `json:"ResourceId"`
	Error      struct{ Code, Message string }
}

// checked returns the error of an answer of type O. EC2 answers some calls with HTTP 200 although it
// did nothing, and lists why under Unsuccessful: the SDK returns no error then. A request of Tack
// names one resource, so one item is a refusal of the whole request.
func checked[O any]() func(answer *O) error {
	if _, lists := reflect.TypeFor[O]().FieldByName("Unsuccessful"); !lists {
		return func(*O) error { return nil }
	}
	return func(answer *O) error {
		var out struct{ Unsuccessful []item }
		if err := json.Unmarshal(request.Compact(answer), &out); err != nil {
			return fmt.Errorf("reading what AWS refused: %w", err)
		}
		if len(out.Unsuccessful) == 0 {
			return nil
		}
		return out.Unsuccessful[0].refusal()
	}
}

// refusal returns the item as the error that AWS would answer to a request with one resource.
func (i item) refusal() error {
	code, message := i.Error.Code, i.Error.Message
	if _, err := strconv.Atoi(code); err == nil || code == "" {
		message, code = fmt.Sprintf("%s (%s, code %q)", message, i.ResourceID, code), CodeUnsuccessful
	}
	return &smithy.GenericAPIError{Code: code, Message: message}
}
