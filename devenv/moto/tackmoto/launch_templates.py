"""Launch templates show their present tags, defaults that AWS fills in, and the version that was just made.

moto keeps the tags of the create, adds them to the data, lists 15 templates at most, shows data as it was sent, takes any
name and description, and answers to an unknown id with an empty list or about a name.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestLaunchTemplateData.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import launch_templates as models
from moto.ec2.responses import launch_templates as responses
from moto.ec2.utils import parse_user_data

_NAME, _ID = re.compile(r"[a-zA-Z0-9().\-/_]{3,128}"), re.compile(r"lt-[0-9a-f]{8,17}")

# What AWS adds to a structure that a version has.
_FILLED_IN: dict[str, dict[str, Any]] = {
    "MetadataOptions": {
        "HttpEndpoint": "enabled",
        "HttpProtocolIpv6": "disabled",
        "HttpPutResponseHopLimit": 1,
        "HttpTokens": "optional",
        "InstanceMetadataTags": "disabled",
        "State": "pending",
    },
    "Placement": {"Tenancy": "default"},
}


class LaunchTemplate(models.LaunchTemplate):
    @property
    def tags(self) -> list[dict[str, str]]:
        return self.get_tags()

    @tags.setter
    def tags(self, at_create: list[dict[str, str]]) -> None:
        pass

    def create_version(self, data: dict[str, Any], description: str) -> models.LaunchTemplateVersion:
        filled = {key: _FILLED_IN.get(key, {}) | value if isinstance(value, dict) else value for key, value in data.items()}
        return super().create_version(filled, description)


class LaunchTemplateBackend(models.LaunchTemplateBackend):
    def get_launch_template(self, template_id: str) -> models.LaunchTemplate:
        if not _ID.fullmatch(template_id):
            raise EC2ClientError("InvalidLaunchTemplateId.Malformed", f"The specified launch template ID is not valid: {template_id}")
        return super().get_launch_template(template_id)

    def modify_launch_template(self, default_version: str, template_name: str | None = None, template_id: str | None = None) -> Any:
        if template_id:
            self.get_launch_template(template_id)
        return super().modify_launch_template(default_version, template_name, template_id)

    def delete_launch_template(self, name: str, tid: str | None) -> models.LaunchTemplate:
        if tid:
            self.get_launch_template(tid)
        return super().delete_launch_template(name, tid)

    def describe_launch_templates(
        self, template_names: list[str] | None = None, template_ids: list[str] | None = None, filters: Any = None
    ) -> list[models.LaunchTemplate]:
        for template_id in template_ids or []:
            self.get_launch_template(template_id)
        return super().describe_launch_templates(template_names, template_ids, filters)


class LaunchTemplates(responses.LaunchTemplates):
    def create_launch_template(self) -> ActionResult:
        if not _NAME.fullmatch(name := self._get_param("LaunchTemplateName")):
            raise EC2ClientError("InvalidLaunchTemplateName.MalformedException", f"The launch template name '{name}' is not valid.")
        self.ec2_backend.create_launch_template(name, self._description(), self._data(), self._parse_tag_specification())
        made = self.ec2_backend.get_launch_template_by_name(name)
        self.params["LaunchTemplateIds"] = [made.id]
        return ActionResult({"LaunchTemplate": super().describe_launch_templates().result["LaunchTemplates"][0]})

    def create_launch_template_version(self) -> ActionResult:
        self._description()
        self.params["LaunchTemplateData"] = self._data()
        return super().create_launch_template_version()

    def describe_launch_templates(self) -> ActionResult:
        self.params.setdefault("MaxResults", 200)  # AWS's most
        return super().describe_launch_templates()

    def _description(self) -> str | None:
        description: str | None = self._get_param("VersionDescription")
        if len(description or "") > 255:
            raise EC2ClientError("InvalidParameterValue", "The version description has more than 255 characters")
        return description

    def _data(self) -> dict[str, Any]:
        data: dict[str, Any] = self._get_param("LaunchTemplateData", {})
        return data | {"UserData": parse_user_data(data["UserData"])} if "UserData" in data else data
