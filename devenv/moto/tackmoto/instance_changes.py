"""Changes of instances: attributes, options, credits, monitoring, profiles, tags in the metadata.

moto lacks most of these calls. In others, it resets the options that a call leaves out.
"""

import base64
from collections.abc import Iterable
from functools import partialmethod
from typing import Any

from botocore import xform_name
from moto.core.responses import ActionResult, EmptyResult
from moto.core.types import Base64EncodedString
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import iam_instance_profile as models
from moto.ec2.responses import iam_instance_profiles, monitoring, tags
from moto.ec2.responses import instances as responses

from .instances import Instance, ProfileCheck, check_metadata_keys

# The attributes of ModifyInstanceAttribute, and whether the instance must be stopped.
_ATTRIBUTES = {
    "BlockDeviceMappings": False, "DisableApiStop": False, "DisableApiTermination": False, "EbsOptimized": True, "EnclaveOptions": True,
    "Groups": False, "InstanceInitiatedShutdownBehavior": False, "InstanceType": True, "Kernel": True, "Ramdisk": True,
    "SourceDestCheck": False, "UserData": True,
}  # fmt: skip


class Instances(responses.InstanceResponse):
    def changeable(self, stopped: bool = False) -> Instance:
        """Return the instance that a request changes, or refuse the change."""
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        instance.check_changeable(stopped)
        return instance

    def modify_instance_attribute(self) -> ActionResult:
        """Change one attribute per call, as AWS does. On an unknown attribute, moto removes all groups."""
        given = self._given(_ATTRIBUTES)
        if len(given) != 1 or self._get_param("Attribute"):
            raise EC2ClientError("InvalidParameterCombination", f"Fields for one attribute may be specified, not for {len(given)}")
        [(name, value)] = given.items()
        instance = self.changeable(_ATTRIBUTES[name])
        if name == "Groups":
            if len(instance.nics) != 1:
                raise EC2ClientError("InvalidInstanceID", f"There are multiple interfaces attached to instance '{instance.id}'. Name one of them.")
            instance.security_groups = [self.ec2_backend.security_group(group) for group in value]
            instance.nics[0]._group_set = list(instance.security_groups)
        elif name == "EnclaveOptions":
            instance.set_options(name, value)
        elif name in ("Kernel", "Ramdisk"):
            setattr(instance, name.lower(), value["Value"])
            setattr(instance, f"{name.lower()}_id", value["Value"])
        elif name == "InstanceInitiatedShutdownBehavior":
            instance.instance_initiated_shutdown_behavior = value["Value"]
        elif name == "UserData":
            instance.user_data = Base64EncodedString(base64.b64encode(value["Value"]).decode())  # moto decodes it twice
        else:
            return super().modify_instance_attribute()
        return EmptyResult()

    def modify_private_dns_name_options(self) -> ActionResult:
        """Change the type of the host name only if the instance is stopped."""
        if hostname_type := self._get_param("PrivateDnsHostnameType"):
            self.changeable(stopped=True).set_options("PrivateDnsNameOptions", {"HostnameType": hostname_type}, keep=True)
        return self._modify_options("PrivateDnsNameOptions", ("EnableResourceNameDnsARecord", "EnableResourceNameDnsAAAARecord"))

    def modify_instance_capacity_reservation_attributes(self) -> ActionResult:
        instance = self.changeable(stopped=True)
        instance.set_options("CapacityReservationSpecification", self._get_param("CapacityReservationSpecification", {}), keep=True)
        return ActionResult({"Return": True})

    def _modify_options(self, option: str, names: Iterable[str], stopped: bool = False) -> ActionResult:
        instance, given = self.changeable(stopped), self._given(names)
        instance.set_options(option, given, keep=True)
        return ActionResult({"Return": True, "InstanceId": instance.id} | given)

    modify_instance_maintenance_options = partialmethod(_modify_options, "MaintenanceOptions", ("AutoRecovery",))
    modify_instance_cpu_options = partialmethod(_modify_options, "CpuOptions", ("CoreCount", "ThreadsPerCore", "NestedVirtualization"), stopped=True)

    def _given(self, names: Iterable[str]) -> dict[str, Any]:
        return {name: self._get_param(name) for name in names if self._get_param(name) is not None}

    def modify_instance_placement(self) -> ActionResult:
        names = ("Affinity", "GroupName", "HostId", "HostResourceGroupArn", "PartitionNumber", "SpreadDomain", "Tenancy")
        self.changeable(stopped=True).place(self._given(names))
        return ActionResult({"Return": True})

    def modify_instance_metadata_options(self) -> ActionResult:
        """Keep the options that the call leaves out. moto resets them."""
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


class IamInstanceProfileAssociationBackend(models.IamInstanceProfileAssociationBackend):
    def replace_iam_instance_profile_association(self, association_id: str, *args: Any, **kwargs: Any) -> Any:
        changed = super().replace_iam_instance_profile_association(association_id, *args, **kwargs)
        # moto leaves the old profile on the instance.
        changed.instance.iam_instance_profile = {"Arn": changed.iam_instance_profile.arn, "Id": association_id}
        return changed


class IamInstanceProfiles(iam_instance_profiles.IamInstanceProfiles, ProfileCheck):
    def associate_iam_instance_profile(self) -> ActionResult:
        self.check_profile()
        return super().associate_iam_instance_profile()

    def replace_iam_instance_profile_association(self) -> ActionResult:
        self.check_profile()
        return super().replace_iam_instance_profile_association()


class TagResponse(tags.TagResponse):
    def create_tags(self) -> ActionResult:
        named = [self.ec2_backend.get_instance(i) for i in self._get_param("Resources", []) if i.startswith("i-")]
        if any(i.metadata_options.instance_metadata_tags == "enabled" for i in named):
            check_metadata_keys(tag["Key"] for tag in self._get_param("Tags", []))
        return super().create_tags()


class Monitoring(monitoring.Monitoring):
    def _monitor(self, state: str) -> ActionResult:
        instances = self.ec2_backend.get_multi_instances_by_id(self._get_param("InstanceIds", []))
        for instance in instances:
            instance.check_changeable()
            instance.monitoring_state = state
        return ActionResult({"InstanceMonitorings": [{"InstanceId": i.id, "Monitoring": i.monitoring} for i in instances]})

    monitor_instances = partialmethod(_monitor, "enabled")
    unmonitor_instances = partialmethod(_monitor, "disabled")
