"""moto's IAM with our classes."""

from typing import Any

from moto.iam import models, responses, urls

from .assembly import extensions, kinds
from .calls import Calls
from .iam_checks import TRANSFORMERS, check_name_is_free

KINDS = kinds("iam")


class IAMBackend(*extensions(KINDS, models.IAMBackend)):
    __module__ = models.__name__  # moto finds the service's URLs by it

    def create_user(self, region_name: str, user_name: str, *args: Any, **kwargs: Any) -> models.User:
        check_name_is_free(user_name, self.users, "User")
        return super().create_user(region_name, user_name, *args, **kwargs)


class IamResponse(Calls, *extensions(KINDS, responses.IamResponse)):
    # The first entry that matches applies.
    RESPONSE_KEY_PATH_TO_TRANSFORMER = TRANSFORMERS


def install() -> None:
    models.iam_backends.backend = IAMBackend
    urls.url_paths["{0}/$"] = IamResponse.dispatch
