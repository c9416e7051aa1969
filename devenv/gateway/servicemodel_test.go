package gateway

import (
	"net/http"
	"testing"
)

// A request that AWS's service model does not allow never reaches moto, which would
// ignore the error. One case per service shows that the gateway checks the model.
func TestServiceModelIsAsked(t *testing.T) {
	s := serveFake(t)
	for name, c := range map[string]struct {
		service string
		params  []string
		code    string
	}{
		"a filter of another action":       {serviceEC2, []string{"Action", "DescribeVpcs", "Filter.1.Name", "subnet-id", "Filter.1.Value.1", "subnet-1"}, "InvalidParameterValue"},
		"a parameter that EC2 lacks":       {serviceEC2, []string{"Action", "DeleteVpc", "VPCId", "vpc-1"}, "UnknownParameter"},
		"a required parameter is missing":  {serviceEC2, []string{"Action", "DeleteVpc"}, "MissingParameter"},
		"an action that EC2 lacks":         {serviceEC2, []string{"Action", "DescribeVPCs"}, "InvalidAction"},
		"a name that IAM does not allow":   {serviceIAM, []string{"Action", "GetRole", "RoleName", "a b"}, "ValidationError"},
		"a session name that is too short": {serviceSTS, []string{"Action", "AssumeRole", "RoleArn", roleARN, "RoleSessionName", "s"}, "ValidationError"},
	} {
		if got := s.call(t, baseKey, c.service, c.params...); got.status != http.StatusBadRequest || got.code != c.code {
			t.Errorf("%s got %+v, want 400 %s", name, got, c.code)
		}
	}
	if got := s.moto.actions(); len(got) != 0 {
		t.Errorf("moto saw %v", got)
	}
}
