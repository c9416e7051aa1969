"""EC2 as moto has it, with our classes in the place of moto's own."""

from typing import Any

from moto.ec2 import models, responses, urls

from . import elastic_ip_addresses, instances, internet_gateways, nat_gateways, route_tables, security_groups, subnets, tags, tags_at_create, vpcs
from .calls import EC2Calls
from .states import StatesBackend

# A module per kind. Its classes have the names of those of moto that they extend.
KINDS = (elastic_ip_addresses, instances, internet_gateways, nat_gateways, route_tables, security_groups, subnets, tags_at_create, vpcs)


def _ours(base: type) -> list[type]:
    """Give our classes that extend one of the bases of a class."""
    found = [ours for kind in KINDS for ours in vars(kind).values() if isinstance(ours, type) and ours.__module__ == kind.__name__]
    return [ours for ours in found if ours.__mro__[1] in base.__bases__]


class EC2Backend(*_ours(models.EC2Backend), StatesBackend, models.EC2Backend):
    __module__ = models.__name__  # by which moto finds the service's URLs

    def __init__(self, region_name: str, account_id: str) -> None:
        self.tokens: dict[tuple[str, str], Any] = {}
        StatesBackend.__init__(self)
        models.EC2Backend.__init__(self, region_name, account_id)


class EC2Response(EC2Calls, *_ours(responses.EC2Response), responses.EC2Response):
    """All actions of EC2."""


def install() -> None:
    tags.install()
    for kind in KINDS:
        for name, ours in list(vars(kind).items()):
            # A model is made by its name in moto's own module.
            theirs = getattr(kind.models, name, None)
            if isinstance(ours, type) and isinstance(theirs, type) and ours is not theirs and issubclass(ours, theirs):
                setattr(kind.models, name, ours)
    models.ec2_backends.backend = EC2Backend
    urls.url_paths["{0}/"] = EC2Response.dispatch
