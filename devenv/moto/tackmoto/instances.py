"""Instances: transient states, options of the launch, and interfaces that AWS deletes with the instance.

moto skips transient states, drops most options of a launch, and keeps the interfaces of a
terminated instance.
Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CpuOptions.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/cpu-options-supported-instances-values.html (a t3.micro has one core with two threads)
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode.html (the default of each family)
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from functools import partial, partialmethod
from types import SimpleNamespace
from typing import Any

from botocore import xform_name
from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import instances as models
from moto.ec2.responses import instances as responses
from moto.ec2.responses._base_response import EC2BaseResponse
from moto.ec2.utils import filter_iam_instance_profiles
from moto.iam.exceptions import NotFoundException

from . import settings

KIND = "instance"
_CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}

# Options of a launch, with AWS's defaults.
_OPTIONS: dict[str, dict[str, Any]] = {
    "CapacityReservationSpecification": {"CapacityReservationPreference": "open"},
    "CpuOptions": {"CoreCount": 1, "ThreadsPerCore": 2},
    "EnclaveOptions": {"Enabled": False},
    "HibernationOptions": {"Configured": False},
    "MaintenanceOptions": {"AutoRecovery": "default"},
    "PrivateDnsNameOptions": {"HostnameType": "ip-name", "EnableResourceNameDnsARecord": False, "EnableResourceNameDnsAAAARecord": False},
}
_CREDITS = {"t2": "standard", "t3": "unlimited", "t3a": "unlimited", "t4g": "unlimited"}  # by family


# The placeholder for the interface of a terminated instance.
_NOWHERE = SimpleNamespace(private_ip_address=None, public_ip=None, subnet=SimpleNamespace(id=None, vpc_id=None))


def wrong_state(message: str) -> EC2ClientError:
    return EC2ClientError("IncorrectInstanceState", message)


class Instance(models.Instance):
    ena_support = True
    ramdisk_id: str | None = None
    cpu_credits: str | None = None

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.state_reason = None
        for option in _OPTIONS:
            self.set_options(option, {})

    def set_options(self, name: str, given: dict[str, Any], keep: bool = False) -> None:
        """Set the given values of an option. The others keep their value, or get AWS's default."""
        attribute = xform_name(name)
        setattr(self, attribute, (getattr(self, attribute) if keep else _OPTIONS[name]) | given)

    def place(self, given: dict[str, Any]) -> None:
        for name in given.keys() - {"AvailabilityZone"}:
            setattr(self.placement, xform_name(name), given[name])

    @property
    def state(self) -> str:
        return self._state.name

    @state.setter
    def state(self, name: str) -> None:
        self._state = models.InstanceState(name, _CODES[name])

    @property
    def state_transition_reason(self) -> str | None:
        return self._reason or None

    def start(self) -> models.InstanceState:
        previous = super().start()
        self.state_reason = None
        return previous

    def end(self, failure: dict[str, str] | None = None) -> None:
        """Terminate the instance, and clear its network: AWS no longer shows that."""
        self.terminate()
        for nic in list(self.nics.values()):
            self.detach_eni(nic)
        self._subnet_id, self.security_groups, self.nics = None, [], {0: _NOWHERE}
        if failure:
            self.state_reason = models.StateReason(failure["message"], failure["code"])

    @property
    def network_interfaces(self) -> list[Any]:
        return [nic for nic in self.nics.values() if nic is not _NOWHERE]

    @property
    def private_dns_name(self) -> str:
        return super().private_dns_name if self.private_ip else ""

    def check_changeable(self, stopped: bool = False) -> None:
        if stopped and self.state != "stopped":
            raise wrong_state(f"The instance '{self.id}' is not in the 'stopped' state.")
        if self.state in ("shutting-down", "terminated"):
            raise wrong_state(f"The instance '{self.id}' is not in a valid state: it is {self.state}.")


class InstanceBackend(models.InstanceBackend):
    instance_metadata_tags: str | None = None  # the account's default

    def run_instances(self, *args: Any, **kwargs: Any) -> models.Reservation:
        failure = settings.failure()
        made = super().run_instances(*args, **kwargs)
        asked = {int(nic["DeviceIndex"]): nic for nic in kwargs.get("nics") or []}
        for instance in made.instances:
            for index, nic in instance.nics.items():
                spec = asked.get(index, {})
                nic.delete_on_termination = spec.get("DeleteOnTermination", "NetworkInterfaceId" not in spec)
            self.enter(instance, KIND, "pending", partial(instance.end, failure) if failure else partial(setattr, instance, "state", "running"))
        return made

    def _change(
        self, ids: list[str], *, sources: Iterable[str], to: str, after: str, arrive: Callable[[Instance], Any], unless: str = ""
    ) -> list[tuple[Instance, str]]:
        """Move instances from one of the source states into a state. Leave those that are in it or past it."""
        if not ids:
            raise EC2ClientError("MissingParameter", "The request must contain the parameter InstanceId")
        instances = self.get_multi_instances_by_id(ids)
        for instance in instances:
            if instance.state not in (*sources, to, after):
                raise wrong_state(f"The instance '{instance.id}' is in the state '{instance.state}' from which it cannot get into '{to}'.")
            if instance.state in sources and getattr(instance, unless, False):
                raise EC2ClientError(
                    "OperationNotPermitted", f"The instance '{instance.id}' may not be changed so. Modify its '{unless}' attribute and try again."
                )
        changed = [(instance, instance.state) for instance in instances]
        for instance, previous in changed:
            if previous in sources:
                self.enter(instance, KIND, to, partial(arrive, instance))
        return changed

    start_instances = partialmethod(_change, sources=("stopped",), to="pending", after="running", arrive=Instance.start)
    stop_instances = partialmethod(_change, sources=("running",), to="stopping", after="stopped", arrive=Instance.stop, unless="disable_api_stop")
    terminate_instances = partialmethod(
        _change,
        sources=("pending", "running", "stopping", "stopped"),
        to="shutting-down",
        after="terminated",
        arrive=Instance.end,
        unless="disable_api_termination",
    )


class ProfileCheck(EC2BaseResponse):
    def check_profile(self) -> None:
        """Refuse an unknown instance profile with EC2's error. moto answers with IAM's."""
        given = self._get_param("IamInstanceProfile") or {}
        try:
            filter_iam_instance_profiles(self.current_account, self.partition, given.get("Arn"), given.get("Name"))
        except NotFoundException:
            param, word = ("name", "name") if "Name" in given else ("arn", "ARN")
            value = given.get("Name") or given.get("Arn")
            message = f"Value ({value}) for parameter iamInstanceProfile.{param} is invalid. Invalid IAM Instance Profile {word}"
            raise EC2ClientError("InvalidParameterValue", message) from None


def check_metadata_keys(keys: Iterable[str]) -> None:
    """Refuse tag keys that an instance's metadata cannot show: there, a key is part of a path."""
    for key in sorted(keys):
        if not key.startswith("aws:") and (not re.fullmatch(r"[0-9a-zA-Z\-_+=,.@:]{1,255}", key) or key in (".", "..", "_index")):
            rule = r"Tag keys must match pattern ([0-9a-zA-Z\-_+=,.@:]{1,255}), and must not be a reserved name ('.', '..', '_index')"
            raise EC2ClientError("InvalidParameterValue", f"'{key}' is not a valid tag key. {rule}")


class InstanceResponse(responses.InstanceResponse, ProfileCheck):
    def run_instances(self) -> ActionResult:
        self.check_launch()
        made = super().run_instances()
        for instance in made.result.instances:
            for option in _OPTIONS:
                instance.set_options(option, self._get_param(option, {}))
            instance.place(self._get_param("Placement", {}))
            instance.kernel_id = self._get_param("KernelId", instance.kernel_id)
            instance.ramdisk_id = self._get_param("RamdiskId")
            instance.cpu_credits = self._get_param("CreditSpecification.CpuCredits", _CREDITS.get(instance.instance_type.split(".")[0]))
            instance.disable_api_termination = self._get_param("DisableApiTermination", False)
        return made

    def check_launch(self) -> None:
        self._check_metadata_tags()
        image = self._get_param("ImageId")
        if image:
            self.ec2_backend.describe_images(ami_ids=[image])
        elif not self._get_param("LaunchTemplate"):
            raise EC2ClientError("MissingParameter", "The request must contain the parameter ImageId")
        for other in ("SubnetId", "SecurityGroupIds", "SecurityGroups", "PrivateIpAddress", "Ipv6AddressCount"):
            if self._get_param(other) and self._get_param("NetworkInterfaces"):
                raise EC2ClientError(
                    "InvalidParameterCombination", f"Network interfaces and an instance-level {other} may not be specified on the same request"
                )
        for mapping in self._get_param("BlockDeviceMappings", []):
            if "Ebs" in mapping and not mapping["Ebs"].keys() & {"VolumeSize", "SnapshotId"}:
                mapping["Ebs"]["VolumeSize"] = 8  # AWS takes it from the image
        try:
            data = base64.b64decode(self._get_param("UserData", ""), validate=True)
        except binascii.Error:
            raise EC2ClientError("InvalidParameterValue", "Invalid BASE64 encoding of user data.") from None
        if len(data) > 16 << 10:
            raise EC2ClientError("InvalidParameterValue", "User data is limited to 16384 bytes")
        self.check_profile()

    def _check_metadata_tags(self) -> None:
        options = self._get_param("MetadataOptions", {})
        if (default := self.ec2_backend.instance_metadata_tags) and "InstanceMetadataTags" not in options:
            options = self.params["MetadataOptions"] = options | {"InstanceMetadataTags": default}
        if options.get("InstanceMetadataTags") == "enabled":
            check_metadata_keys(self._parse_tag_specification().get(KIND, {}))

    def repeat_RunInstances(self, token: str) -> None:
        for instance in self.ec2_backend.all_instances():
            if instance.client_token == token and instance.state == "terminated":
                raise EC2ClientError(
                    "IdempotentInstanceTerminated", f"The client token {token} was used for the instance {instance.id}, which is terminated."
                )

    def _changed(self, action: str, key: str) -> ActionResult:
        shown = [
            {"InstanceId": i.id, "CurrentState": i.instance_state, "PreviousState": {"Code": _CODES[previous], "Name": previous}}
            for i, previous in getattr(self.ec2_backend, action)(self._get_param("InstanceIds", []))
        ]
        return ActionResult({key: shown})

    terminate_instances = partialmethod(_changed, "terminate_instances", "TerminatingInstances")
    stop_instances = partialmethod(_changed, "stop_instances", "StoppingInstances")
    start_instances = partialmethod(_changed, "start_instances", "StartingInstances")
