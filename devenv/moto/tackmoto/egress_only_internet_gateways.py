"""Egress-only internet gateways are selected by their tags and by their ids. moto ignores the tags and an unknown id.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeEgressOnlyInternetGateways.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import internet_gateways as models
from moto.ec2.responses import egress_only_internet_gateways as responses
from moto.ec2.utils import generic_filter


class EgressOnlyInternetGatewayBackend(models.EgressOnlyInternetGatewayBackend):
    def describe_egress_only_internet_gateways(
        self, ids: list[str] | None = None, filters: Any = None
    ) -> list[models.EgressOnlyInternetGateway]:
        for gateway_id in ids or []:
            self.get_egress_only_igw(gateway_id)  # AWS refuses a list with an unknown one
        return generic_filter(filters, super().describe_egress_only_internet_gateways(ids))


class EgressOnlyInternetGateway(responses.EgressOnlyInternetGateway):
    def describe_egress_only_internet_gateways(self) -> ActionResult:
        found = self.ec2_backend.describe_egress_only_internet_gateways(
            self._get_param("EgressOnlyInternetGatewayIds", []), self._filters_from_querystring()
        )
        return ActionResult({"EgressOnlyInternetGateways": found})
