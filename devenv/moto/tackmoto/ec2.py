"""moto's EC2 with our classes."""

from typing import Any

from moto.ec2 import models, responses, urls

from . import tags
from .assembly import extensions, kinds, replace_models
from .calls import EC2Calls
from .states import StatesBackend

# A module per kind. Each class has the name of moto's class that it extends.
KINDS = kinds("ec2")


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
