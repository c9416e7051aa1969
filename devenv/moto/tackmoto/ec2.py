"""moto's EC2 with our classes."""

from typing import Any

from moto.ec2 import models, responses, urls

from . import (
    egress_only_internet_gateways,
    elastic_ip_addresses,
    instance_changes,
    instances,
    internet_gateways,
    nat_gateways,
    route_tables,
    security_group_rules,
    security_groups,
    subnets,
    tags,
    tags_at_create,
    vpcs,
)
from .assembly import extensions, replace_models
from .calls import EC2Calls
from .states import StatesBackend

# A module per kind. Each class has the name of moto's class that it extends.
KINDS = (
    egress_only_internet_gateways,
    elastic_ip_addresses,
    instance_changes,
    instances,
    internet_gateways,
    nat_gateways,
    route_tables,
    security_group_rules,
    security_groups,
    subnets,
    tags_at_create,
    vpcs,
)


class EC2Backend(*extensions(KINDS, models.EC2Backend), StatesBackend, models.EC2Backend):
    __module__ = models.__name__  # moto finds the service's URLs by it

    def __init__(self, region_name: str, account_id: str) -> None:
        self.tokens: dict[tuple[str, str], Any] = {}
        StatesBackend.__init__(self)
        models.EC2Backend.__init__(self, region_name, account_id)


class EC2Response(EC2Calls, *extensions(KINDS, responses.EC2Response), responses.EC2Response):
    """All actions of EC2."""


def install() -> None:
    tags.install()
    replace_models(KINDS)
    models.ec2_backends.backend = EC2Backend
    urls.url_paths["{0}/"] = EC2Response.dispatch
