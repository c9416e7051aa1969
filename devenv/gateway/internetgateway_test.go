package gateway

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

func TestInternetGateway(t *testing.T) {
	a := newAccount(t)
	make1 := func() *string {
		return must[*ec2.CreateInternetGatewayOutput](a)(a.ec2.CreateInternetGateway(a.ctx(), &ec2.CreateInternetGatewayInput{})).InternetGateway.InternetGatewayId
	}
	attach := func(gateway *string, vpc string) error {
		_, err := a.ec2.AttachInternetGateway(a.ctx(), &ec2.AttachInternetGatewayInput{InternetGatewayId: gateway, VpcId: &vpc})
		return err
	}
	vpc, other, gateway, second := a.vpc(), a.vpc(), make1(), make1()
	if err := attach(gateway, vpc); err != nil {
		t.Fatal(err)
	}
	a.wantRefused("attaching it again", attach(gateway, vpc), http.StatusBadRequest, "Resource.AlreadyAssociated")
	a.wantRefused("attaching it to another VPC", attach(gateway, other), http.StatusBadRequest, "Resource.AlreadyAssociated")
	a.wantRefused("attaching a second one", attach(second, vpc), http.StatusBadRequest, "Resource.AlreadyAssociated")
	a.wantRefused("attaching to an unknown VPC", attach(second, "vpc-0123456789abcdef0"), http.StatusBadRequest, "InvalidVpcID.NotFound")
	_, err := a.ec2.DetachInternetGateway(a.ctx(), &ec2.DetachInternetGatewayInput{InternetGatewayId: second, VpcId: &vpc})
	a.wantRefused("detaching what is not attached", err, http.StatusBadRequest, "Gateway.NotAttached")
	_, err = a.ec2.DeleteInternetGateway(a.ctx(), &ec2.DeleteInternetGatewayInput{InternetGatewayId: gateway})
	a.wantRefused("deleting an attached one", err, http.StatusBadRequest, "DependencyViolation")
}
