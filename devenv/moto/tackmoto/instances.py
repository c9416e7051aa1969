"""Instances: states that take time, options of the launch that stay and can be changed, interfaces that go with the instance.

moto has each state at once, forgets most options of a launch, knows few of the calls that
change them, and keeps the interfaces of a terminated instance.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from typing import Any

from botocore import xform_name
from moto.core.responses import ActionResult, EmptyResult
from moto.core.types import Base64EncodedString
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import iam_instance_profile as profiles
from moto.ec2.models import instances as models
from moto.ec2.responses import iam_instance_profiles, monitoring
from moto.ec2.responses import instances as responses
from moto.ec2.responses import tags as tag_responses
from moto.ec2.responses._base_response import EC2BaseResponse
from moto.ec2.utils import filter_iam_instance_profiles
from moto.iam.exceptions import NotFoundException

from . import settings
from .tags import TagTypes

KIND = "instance"
_CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}

# Options of a launch with what AWS shows where the launch has none.
_OPTIONS: dict[str, dict[str, Any]] = {
    "CapacityReservationSpecification": {"CapacityReservationPreference": "open"},
    "CpuOptions": {"CoreCount": 1, "ThreadsPerCore": 2},
    "EnclaveOptions": {"Enabled": False},
    "HibernationOptions": {"Configured": False},
    "MaintenanceOptions": {"AutoRecovery": "default"},
    "PrivateDnsNameOptions": {"HostnameType": "ip-name", "EnableResourceNameDnsARecord": False, "EnableResourceNameDnsAAAARecord": False},
}
_CREDITS = {"t2": "standard", "t3": "unlimited", "t3a": "unlimited", "t4g": "unlimited"}  # by family

# What ModifyInstanceAttribute changes, each with whether AWS wants the instance stopped.
_ATTRIBUTES = {
    "BlockDeviceMappings": False, "DisableApiStop": False, "DisableApiTermination": False, "EbsOptimized": True, "EnclaveOptions": True, "Groups": False,
    "InstanceInitiatedShutdownBehavior": False, "InstanceType": True, "Kernel": True, "Ramdisk": True, "SourceDestCheck": False, "UserData": True,
}  # fmt: skip


def _wrong_state(message: str) -> EC2ClientError:
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
        """Take over what is given of the options of that name; the rest is AWS's default, or stays."""
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
        """Terminate, and forget where it was: AWS no longer shows that."""
        self.terminate()
        for nic in list(self.nics.values()):
            self.detach_eni(nic)
        self._subnet_id, self.security_groups = None, []
        if failure:
            self.state_reason = models.StateReason(failure["message"], failure["code"])

    @property
    def private_ip(self) -> str | None:
        return super().private_ip if self.nics else None

    @property
    def private_ip_address(self) -> str | None:
        return self.private_ip

    @property
    def public_ip(self) -> str | None:
        return super().public_ip if self.nics else None

    @property
    def public_ip_address(self) -> str | None:
        return self.public_ip

    @property
    def private_dns_name(self) -> str:
        return super().private_dns_name if self.nics else ""

    def check_changeable(self, stopped: bool = False) -> None:
        if stopped and self.state != "stopped":
            raise _wrong_state(f"The instance '{self.id}' is not in the 'stopped' state.")
        if self.state in ("shutting-down", "terminated"):
            raise _wrong_state(f"The instance '{self.id}' is not in a valid state: it is {self.state}.")


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
            # Bound here: each is called after the loop.
            arrive = (lambda i=instance: i.end(failure)) if failure else instance.start
            self.enter(instance, KIND, "pending", arrive)
        return made

    def start_instances(self, instance_ids: list[str]) -> list[tuple[Instance, str]]:
        return self._change(instance_ids, ("stopped",), "pending", ("running",), lambda instance: instance.start)

    def stop_instances(self, instance_ids: list[str]) -> list[tuple[Instance, str]]:
        return self._change(instance_ids, ("running",), "stopping", ("stopped",), lambda instance: instance.stop, "disable_api_stop")

    def terminate_instances(self, instance_ids: list[str]) -> list[tuple[Instance, str]]:
        sources = ("pending", "running", "stopping", "stopped")
        return self._change(instance_ids, sources, "shutting-down", ("terminated",), lambda instance: instance.end, "disable_api_termination")

    def _change(
        self,
        ids: list[str],
        sources: Iterable[str],
        to: str,
        after: Iterable[str],
        arrive: Callable[[Instance], Callable[[], Any]],
        forbidden: str = "",
    ) -> list[tuple[Instance, str]]:
        """Bring instances that are in one of the sources into a state. Those that are there already, or after it, stay."""
        if not ids:
            raise EC2ClientError("MissingParameter", "The request must contain the parameter InstanceId")
        instances = self.get_multi_instances_by_id(ids)
        for instance in instances:
            if instance.state not in (*sources, to, *after):
                raise _wrong_state(f"The instance '{instance.id}' is in the state '{instance.state}' from which it cannot get into '{to}'.")
            if instance.state in sources and getattr(instance, forbidden, False):
                raise EC2ClientError(
                    "OperationNotPermitted", f"The instance '{instance.id}' may not be changed so. Modify its '{forbidden}' attribute and try again."
                )
        changed = [(instance, instance.state) for instance in instances]
        for instance, previous in changed:
            if previous in sources:
                self.enter(instance, KIND, to, arrive(instance))
        return changed


class ProfileCheck(EC2BaseResponse):
    def check_profile(self) -> None:
        """Refuse an instance profile that EC2 does not see; moto's refusal is that of IAM."""
        given = self._get_param("IamInstanceProfile") or {}
        try:
            filter_iam_instance_profiles(self.current_account, self.partition, given.get("Arn"), given.get("Name"))
        except NotFoundException:
            param, word = ("name", "name") if "Name" in given else ("arn", "ARN")
            value = given.get("Name") or given.get("Arn")
            message = f"Value ({value}) for parameter iamInstanceProfile.{param} is invalid. Invalid IAM Instance Profile {word}"
            raise EC2ClientError("InvalidParameterValue", message) from None


class IamInstanceProfileAssociationBackend(profiles.IamInstanceProfileAssociationBackend):
    def replace_iam_instance_profile_association(self, association_id: str, *args: Any, **kwargs: Any) -> Any:
        changed = super().replace_iam_instance_profile_association(association_id, *args, **kwargs)
        # moto's instance goes on with the old one.
        changed.instance.iam_instance_profile = {"Arn": changed.iam_instance_profile.arn, "Id": association_id}
        return changed


class IamInstanceProfiles(iam_instance_profiles.IamInstanceProfiles, ProfileCheck):
    def associate_iam_instance_profile(self) -> ActionResult:
        self.check_profile()
        return super().associate_iam_instance_profile()

    def replace_iam_instance_profile_association(self) -> ActionResult:
        self.check_profile()
        return super().replace_iam_instance_profile_association()


def check_metadata_keys(keys: Iterable[str]) -> None:
    """Refuse keys of tags that an instance's metadata cannot show: they are parts of paths there."""
    for key in sorted(keys):
        if not key.startswith("aws:") and (not re.fullmatch(r"[0-9a-zA-Z\-_+=,.@:]{1,255}", key) or key in (".", "..", "_index")):
            raise EC2ClientError(
                "InvalidParameterValue",
                rf"'{key}' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\-_+=,.@:]{{1,255}}), and must not be a reserved name ('.', '..', '_index')",
            )


class TagResponse(tag_responses.TagResponse):
    def create_tags(self) -> ActionResult:
        named = [self.ec2_backend.get_instance(i) for i in self._get_param("Resources", []) if i.startswith("i-")]
        if any(i.metadata_options.instance_metadata_tags == "enabled" for i in named):
            check_metadata_keys(tag["Key"] for tag in self._get_param("Tags", []))
        return super().create_tags()


class InstanceResponse(responses.InstanceResponse, TagTypes, ProfileCheck):
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
        self.only_tags_of("instance", "volume", "network-interface", "spot-instances-request")
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

    def terminate_instances(self) -> ActionResult:
        return self._changed("TerminatingInstances", self.ec2_backend.terminate_instances)

    def stop_instances(self) -> ActionResult:
        return self._changed("StoppingInstances", self.ec2_backend.stop_instances)

    def start_instances(self) -> ActionResult:
        return self._changed("StartingInstances", self.ec2_backend.start_instances)

    def _changed(self, key: str, change: Callable[[list[str]], list[tuple[Instance, str]]]) -> ActionResult:
        shown = [
            {"InstanceId": i.id, "CurrentState": i.instance_state, "PreviousState": {"Code": _CODES[previous], "Name": previous}}
            for i, previous in change(self._get_param("InstanceIds", []))
        ]
        return ActionResult({key: shown})

    def changeable(self, stopped: bool = False) -> Instance:
        """Give the instance that a request changes, or refuse."""
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        instance.check_changeable(stopped)
        return instance

    def modify_instance_attribute(self) -> ActionResult:
        """Take one attribute per call, as AWS does. moto takes what it does not know for an order to drop all groups."""
        given = [name for name in _ATTRIBUTES if self._get_param(name) is not None]
        if len(given) != 1 or self._get_param("Attribute"):
            raise EC2ClientError("InvalidParameterCombination", f"Fields for one attribute may be specified, not for {len(given)}")
        [name] = given
        value, instance = self._get_param(name), self.changeable(_ATTRIBUTES[name])
        if name == "Groups":
            self._modify_groups(instance, [self.ec2_backend.security_group(group) for group in value])
        elif name == "EnclaveOptions":
            instance.set_options(name, value)
        elif name in ("Kernel", "Ramdisk"):
            setattr(instance, name.lower(), value["Value"])
            setattr(instance, f"{name.lower()}_id", value["Value"])
        elif name == "InstanceInitiatedShutdownBehavior":
            instance.instance_initiated_shutdown_behavior = value["Value"]
        elif name == "UserData":
            instance.user_data = Base64EncodedString(base64.b64encode(value["Value"]).decode())  # moto decodes it once too often
        else:
            return super().modify_instance_attribute()
        return EmptyResult()

    def _modify_groups(self, instance: Instance, groups: list[Any]) -> None:
        if len(instance.nics) != 1:
            raise EC2ClientError(
                "InvalidInstanceID",
                f"There are multiple interfaces attached to instance '{instance.id}'. Please specify an interface ID for the operation instead.",
            )
        instance.security_groups, instance.nics[0]._group_set = groups, list(groups)

    def modify_instance_maintenance_options(self) -> ActionResult:
        return self._modify_options("MaintenanceOptions", self.changeable(), ("AutoRecovery",))

    def modify_instance_cpu_options(self) -> ActionResult:
        return self._modify_options("CpuOptions", self.changeable(stopped=True), ("CoreCount", "ThreadsPerCore", "NestedVirtualization"))

    def modify_private_dns_name_options(self) -> ActionResult:
        """Change the type of the host name of a stopped instance only."""
        names = ("EnableResourceNameDnsARecord", "EnableResourceNameDnsAAAARecord")
        instance = self.changeable(stopped=bool(self._get_param("PrivateDnsHostnameType")))
        instance.set_options(
            "PrivateDnsNameOptions",
            {"HostnameType": self._get_param("PrivateDnsHostnameType", instance.private_dns_name_options["HostnameType"])},
            keep=True,
        )
        return self._modify_options("PrivateDnsNameOptions", instance, names)

    def modify_instance_capacity_reservation_attributes(self) -> ActionResult:
        instance = self.changeable(stopped=True)
        instance.set_options("CapacityReservationSpecification", self._get_param("CapacityReservationSpecification", {}), keep=True)
        return ActionResult({"Return": True})

    def _modify_options(self, option: str, instance: Instance, names: Iterable[str]) -> ActionResult:
        given = {name: self._get_param(name) for name in names if self._get_param(name) is not None}
        instance.set_options(option, given, keep=True)
        return ActionResult({"Return": True, "InstanceId": instance.id} | given)

    def modify_instance_placement(self) -> ActionResult:
        names = ("Affinity", "GroupName", "HostId", "HostResourceGroupArn", "PartitionNumber", "SpreadDomain", "Tenancy")
        self.changeable(stopped=True).place({name: self._get_param(name) for name in names if self._get_param(name) is not None})
        return ActionResult({"Return": True})

    def modify_instance_metadata_options(self) -> ActionResult:
        """Keep what the call leaves out, which moto resets."""
        instance = self.changeable()
        if self._get_param("InstanceMetadataTags") == "enabled":
            check_metadata_keys(tag["key"] for tag in instance.get_tags())
        for name in ("HttpEndpoint", "HttpProtocolIpv6", "HttpPutResponseHopLimit", "HttpTokens", "InstanceMetadataTags"):
            if self._get_param(name) is None:
                self.params[name] = getattr(instance.metadata_options, xform_name(name))
        return super().modify_instance_metadata_options()

    def modify_instance_metadata_defaults(self) -> ActionResult:
        if wanted := self._get_param("InstanceMetadataTags"):
            self.ec2_backend.instance_metadata_tags = None if wanted == "no-preference" else wanted
        return ActionResult({"Return": True})

    def modify_instance_credit_specification(self) -> ActionResult:
        changed = []
        for wanted in self._get_param("InstanceCreditSpecifications", []):
            instance = self.ec2_backend.get_instance(wanted["InstanceId"])
            instance.check_changeable()
            instance.cpu_credits = wanted["CpuCredits"]
            changed.append({"InstanceId": instance.id})
        return ActionResult({"SuccessfulInstanceCreditSpecifications": changed})

    def describe_instance_credit_specifications(self) -> ActionResult:
        found = self.ec2_backend.describe_instance_credit_specifications(self._get_param("InstanceIds", []))
        return ActionResult({"InstanceCreditSpecifications": [{"InstanceId": i.id, "CpuCredits": i.cpu_credits or "standard"} for i in found]})


class Monitoring(monitoring.Monitoring):
    def monitor_instances(self) -> ActionResult:
        return self._monitor("enabled")

    def unmonitor_instances(self) -> ActionResult:
        return self._monitor("disabled")

    def _monitor(self, state: str) -> ActionResult:
        instances = self.ec2_backend.get_multi_instances_by_id(self._get_param("InstanceIds", []))
        for instance in instances:
            instance.check_changeable()
            instance.monitoring_state = state
        return ActionResult({"InstanceMonitorings": [{"InstanceId": i.id, "Monitoring": i.monitoring} for i in instances]})
