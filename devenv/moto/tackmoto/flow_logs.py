"""Flow logs need a role that AWS can assume, and the calls list what they refuse.

moto accepts any role, drops the options of files, ignores unknown ids, and fails at a destination that is no ARN.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteFlowLogs.html
https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, InvalidFlowLogIdError
from moto.ec2.models import flow_logs as models
from moto.ec2.responses import flow_logs as responses
from moto.iam.models import iam_backends

SERVICE = "vpc-flow-logs.amazonaws.com"
OPTIONS = {"FileFormat": "plain-text", "HiveCompatiblePartitions": False, "PerHourPartition": False}


class FlowLogs(models.FlowLogs):
    destination_options: dict[str, Any] | None = None

    @property
    def flow_log_id(self) -> str:
        return self.id


class FlowLogsBackend(models.FlowLogsBackend):
    def create_flow_logs(self, *args: Any, **kwargs: Any) -> tuple[list[models.FlowLogs], list[Any]]:
        role, destination = kwargs["deliver_logs_permission_arn"], kwargs["log_destination"]
        if destination and not destination.startswith("arn:"):
            raise EC2ClientError("InvalidParameter", f"LogDestination: {destination} is not a valid ARN")
        if destination and kwargs["log_group_name"]:
            raise EC2ClientError("InvalidParameter", "Please only provide LogGroupName or only provide LogDestination.")
        if role and not self.assumes(role):
            raise EC2ClientError("InvalidParameter", "Unable to assume given IAM role")
        made, refused = super().create_flow_logs(*args, **kwargs)
        for log in made:
            if log.log_destination_type == "cloud-watch-logs":
                # AWS creates a log group that does not exist, with the role.
                log.deliver_logs_status, log.deliver_logs_error_message = "SUCCESS", None
        return made, refused

    def assumes(self, arn: str) -> bool:
        """Say whether the service of flow logs can assume a role."""
        roles = iam_backends[self.account_id][self.partition].roles.values()  # type: ignore[attr-defined]
        return any(role.arn == arn and SERVICE in role.assume_role_policy_document for role in roles)

    def describe_flow_logs(self, flow_log_ids: list[str] | None = None, filters: Any = None) -> list[models.FlowLogs]:
        if unknown := [name for name in flow_log_ids or [] if name not in self.flow_logs]:
            raise InvalidFlowLogIdError(len(unknown), " ".join(unknown))
        return super().describe_flow_logs(flow_log_ids, filters)


class FlowLogsResponse(responses.FlowLogs):
    def create_flow_logs(self) -> ActionResult:
        answer = super().create_flow_logs()
        for name in answer.result["FlowLogIds"]:
            log = self.ec2_backend.flow_logs[name]
            if log.log_destination_type == "s3":
                log.destination_options = OPTIONS | self._get_param("DestinationOptions", {})
        answer.result["ClientToken"] = self._get_param("ClientToken")
        return answer

    def delete_flow_logs(self) -> ActionResult:
        """Delete the flow logs that exist, and list the others with HTTP 200."""
        names = self._get_param("FlowLogIds", [])
        unknown = [name for name in names if name not in self.ec2_backend.flow_logs]
        self.ec2_backend.delete_flow_logs([name for name in names if name not in unknown])
        refusal = InvalidFlowLogIdError(len(unknown), " ".join(unknown))
        error = {"Code": refusal.code, "Message": refusal.message}
        return ActionResult({"Unsuccessful": [{"ResourceId": name, "Error": error} for name in unknown]})
