"""moto's IAM with our classes."""

from moto.iam import models, responses, urls

from .assembly import extensions, kinds
from .calls import Calls
from .iam_checks import TRANSFORMERS

KINDS = kinds("iam")


class IAMBackend(*extensions(KINDS, models.IAMBackend)):
    __module__ = models.__name__  # moto finds the service's URLs by it


class IamResponse(Calls, *extensions(KINDS, responses.IamResponse)):
    # The first entry that matches applies.
    RESPONSE_KEY_PATH_TO_TRANSFORMER = TRANSFORMERS


def install() -> None:
    models.iam_backends.backend = IAMBackend
    urls.url_paths["{0}/$"] = IamResponse.dispatch
