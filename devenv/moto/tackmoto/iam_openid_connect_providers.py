"""Providers: client ids change one by one, AWS derives a missing thumbprint, and tag keys have a letter case. moto does none of it.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
"""

from hashlib import sha1

from moto.core.responses import ActionResult, EmptyResult
from moto.iam import models, responses
from moto.iam.exceptions import EntityAlreadyExists, InvalidInput, LimitExceededException, ValidationError

from .tags import merged

MOST_CLIENTS, MOST_THUMBPRINTS, THUMBPRINT = 100, 5, 40


class ProviderBackend(models.IAMBackend):
    def create_open_id_connect_provider(
        self, url: str, thumbprint_list: list[str], client_id_list: list[str], tags: list[dict[str, str]]
    ) -> models.OpenIDConnectProvider:
        if not url.startswith("https://"):
            raise ValidationError("Invalid Open ID Connect Provider URL")
        if any(arn.endswith(f":oidc-provider/{url.removeprefix('https://')}") for arn in self.open_id_providers):
            raise EntityAlreadyExists(f"Provider with url {url} already exists.")
        # AWS reads the certificate of the server; here, the thumbprint follows from the URL.
        prints = thumbprint_list or [sha1(url.encode(), usedforsecurity=False).hexdigest()]
        _check(prints)
        provider = super().create_open_id_connect_provider(url, prints, client_id_list, [])
        self.tag_open_id_connect_provider(provider.arn, tags)
        return provider

    def update_open_id_connect_provider_thumbprint(self, arn: str, thumbprint_list: list[str]) -> None:
        _check(thumbprint_list)
        super().update_open_id_connect_provider_thumbprint(arn, thumbprint_list)

    def tag_open_id_connect_provider(self, arn: str, tags: list[dict[str, str]]) -> None:
        provider = self.get_open_id_connect_provider(arn)
        for tag in tags:
            self._validate_tag_key(tag["Key"])
        provider.tags = {tag["Key"]: tag for tag in merged(provider.tag_list_type, tags, fold=False)}

    def untag_open_id_connect_provider(self, arn: str, tag_keys: list[str]) -> None:
        provider = self.get_open_id_connect_provider(arn)
        for key in tag_keys:
            provider.tags.pop(key, None)


def _check(prints: list[str]) -> None:
    if len(prints) > MOST_THUMBPRINTS:
        raise InvalidInput("Thumbprint list must contain fewer than 5 entries.")
    if any(len(thumbprint) != THUMBPRINT for thumbprint in prints):
        raise ValidationError("Value at 'thumbprintList' failed to satisfy constraint: Member must have length of 40")


class ProviderResponse(responses.IamResponse):
    def add_client_id_to_open_id_connect_provider(self) -> ActionResult:
        clients, client = self._clients()
        if client not in clients:
            if len(clients) >= MOST_CLIENTS:
                raise LimitExceededException(f"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {MOST_CLIENTS}")
            clients.append(client)
        return EmptyResult()

    def remove_client_id_from_open_id_connect_provider(self) -> ActionResult:
        clients, client = self._clients()
        if client in clients:
            clients.remove(client)
        return EmptyResult()

    def _clients(self) -> tuple[list[str], str]:
        return self.backend.get_open_id_connect_provider(self._get_param("OpenIDConnectProviderArn")).client_id_list, self._get_param("ClientID")
