"""Service-linked roles: a second one is refused by its name, a deletion is a task, and a role in use stays. Only the
description of one changes.

moto refuses a second role as any other, and deletes at once.
Sources: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServiceLinkedRole.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
https://docs.aws.amazon.com/vpc/latest/tgw/service-linked-roles.html
"""

import time
from typing import Any
from uuid import uuid4

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.iam import models, responses
from moto.iam.exceptions import IAMException, InvalidInput, NotFoundException

from . import settings
from .transit_gateways import ENDED

NAMES = {"transitgateway.amazonaws.com": "AWSServiceRoleForVPCTransitGateway"}
# Services that allow several roles, each with a suffix.
SUFFIXED = ("autoscaling.amazonaws.com", "lexv2.amazonaws.com")


class Task:
    def __init__(self, role: models.Role) -> None:
        self.name = f"task{role.path}{role.name}/{uuid4()}"
        self.since, self.status, self.usage = time.monotonic(), "IN_PROGRESS", list[dict[str, Any]]()


class LinkedRoleBackend(models.IAMBackend):
    def tasks(self) -> dict[str, Task]:
        """Return the last task of each role, after the time that it takes."""
        tasks: dict[str, Task] = vars(self).setdefault("deletions", {})
        for name, task in tasks.items():
            if task.status == "IN_PROGRESS" and time.monotonic() - task.since >= settings.duration("service-linked-role", "deleting"):
                task.usage = self.usage(super().get_role(name))
                task.status = "FAILED" if task.usage else "SUCCEEDED"  # before the delete, which reads the role
                if not task.usage:
                    self.delete_role(name)
        return tasks

    def get_role(self, role_name: str) -> models.Role:
        self.tasks()
        return super().get_role(role_name)

    def usage(self, role: models.Role) -> list[dict[str, Any]]:
        """Return what uses a role. Attachments use the role of transit gateways."""
        if not role.path.endswith("/transitgateway.amazonaws.com/"):
            return []
        used = []
        for region, backend in ec2_backends[self.account_id].items():
            arns = [
                f"arn:aws:ec2:{region}:{self.account_id}:transit-gateway-attachment/{a.id}"
                for a in backend.transit_gateway_attachments.values()
                if a.state not in ENDED
            ]
            used += [{"Region": region, "Resources": arns}] if arns else []
        return used

    def create_service_linked_role(self, service_name: str, description: str, suffix: str) -> models.Role:
        self.tasks()
        if suffix and service_name not in SUFFIXED:
            raise InvalidInput("Custom suffix is not allowed for " + service_name)
        path = f"/aws-service-role/{service_name}/"
        for role in self.roles.values():
            if role.path == path and role.name.endswith(f"_{suffix}" if suffix else role.name.split("_")[0]):
                raise InvalidInput(f"Service role name {role.name} has been taken in this account, please try a different suffix.")
        role = super().create_service_linked_role(service_name, description, suffix)
        role.name = NAMES.get(service_name, role.name)
        return role


class LinkedRoleResponse(responses.IamResponse):
    def update_role(self) -> ActionResult:
        role = self.backend.get_role(self._get_param("RoleName"))
        if role.path.startswith("/aws-service-role/") and self._get_param("MaxSessionDuration"):
            raise IAMException("UnmodifiableEntity", f"Cannot perform the operation on the protected role '{role.name}'")
        return super().update_role()

    def delete_service_linked_role(self) -> ActionResult:
        tasks, role = self.backend.tasks(), self.backend.get_role(self._get_param("RoleName"))
        if role.name not in tasks or tasks[role.name].status != "IN_PROGRESS":
            tasks[role.name] = Task(role)
        return ActionResult({"DeletionTaskId": tasks[role.name].name})

    def get_service_linked_role_deletion_status(self) -> ActionResult:
        asked = self._get_param("DeletionTaskId")
        task = next((task for task in self.backend.tasks().values() if task.name == asked), None)
        if not task:
            raise NotFoundException(f"Deletion task {asked} does not exist.")
        answer: dict[str, Any] = {"Status": task.status}
        if task.usage:
            answer["Reason"] = {"Reason": "The role is in use.", "RoleUsageList": task.usage}
        return ActionResult(answer)
