package gateway

import (
	"fmt"
	"net/http"

	"github.com/tack-dev/tack/devenv/gateway/awsmodel"
)

// refuseByModel refuses what AWS's service model does not allow. moto ignores
// unknown parameters and filters, and checks few enums, lengths and required
// parameters.
func refuseByModel(c *call) *answer {
	refusal, err := awsmodel.Check(c.service, c.action, c.form)
	if err != nil {
		return c.refuse(http.StatusInternalServerError, "InternalFailure", fmt.Sprintf("reading AWS's service model: %v", err))
	}
	if refusal == nil {
		return nil
	}
	return c.refuse(http.StatusBadRequest, refusal.Code, refusal.Message)
}
