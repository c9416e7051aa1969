"""A VPC has one internet gateway. AWS does not detach it while an interface in the VPC has a public address."""

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import internet_gateways as models
from moto.ec2.models.vpn_gateway import VPCGatewayAttachment


class InternetGatewayBackend(models.InternetGatewayBackend):
    def attach_internet_gateway(self, internet_gateway_id: str, vpc_id: str) -> VPCGatewayAttachment:
        if any(other.vpc and other.vpc.id == vpc_id and other.id != internet_gateway_id for other in self.internet_gateways.values()):
            raise EC2ClientError("Resource.AlreadyAssociated", f"Network {vpc_id} already has an internet gateway attached")
        return super().attach_internet_gateway(internet_gateway_id, vpc_id)

    def detach_internet_gateway(self, internet_gateway_id: str, vpc_id: str) -> None:
        vpc = self.get_internet_gateway(internet_gateway_id).vpc
        if vpc and vpc.id == vpc_id and any(eni.vpc_id == vpc_id and eni.public_ip for eni in self.enis.values()):
            raise EC2ClientError(
                "DependencyViolation",
                f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.",
            )
        super().detach_internet_gateway(internet_gateway_id, vpc_id)
