"""Reservations of capacity. moto has none.

A new one is pending, then active; a future-dated one is assessed, then scheduled. It expires at its end date. AWS changes nothing
of one that has ended, and lists it for a while.
Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CapacityReservation.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyCapacityReservation.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CancelCapacityReservation.html
"""

from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

from moto.core.base_backend import BaseBackend
from moto.core.responses import ActionResult
from moto.ec2 import responses, utils
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.core import TaggedEC2Resource

from . import settings

KIND = "capacity-reservation"
DEFAULTS = {"EndDateType": "unlimited", "InstanceMatchCriteria": "open", "Tenancy": "default", "EbsOptimized": False, "EphemeralStorage": False}
ASKED = ("InstanceType", "InstancePlatform", "AvailabilityZone", "AvailabilityZoneId", "OutpostArn", "PlacementGroupArn", "StartDate", "EndDate", "DeliveryPreference")
FILTERS = {"instance-type": "InstanceType", "owner-id": "OwnerId", "availability-zone": "AvailabilityZone", "state": "State", "tenancy": "Tenancy"}

utils.EC2_RESOURCE_TO_PREFIX[KIND] = "cr"  # CreateTags accepts the ids of these types
utils.EC2_PREFIX_TO_RESOURCE["cr"] = KIND


class CapacityReservation(TaggedEC2Resource):
    state = "pending"

    def __init__(self, backend: Any, asked: dict[str, Any]):
        self.ec2_backend, self.id, self.asked = backend, utils.random_id("cr"), asked

    def shown(self) -> dict[str, Any]:
        owner, region = self.ec2_backend.account_id, self.ec2_backend.region_name
        arn = f"arn:{self.ec2_backend.partition}:ec2:{region}:{owner}:{KIND}/{self.id}"
        free = self.asked["TotalInstanceCount"] if self.state == "active" else 0
        named = {"CapacityReservationId": self.id, "CapacityReservationArn": arn, "OwnerId": owner, "ReservationType": "default"}
        return self.asked | named | {"State": self.state, "AvailableInstanceCount": free, "Tags": self.get_tags()}

    def expire(self) -> None:
        if self.state == "active" and (end := self.asked.get("EndDate")) and end <= datetime.now(end.tzinfo):
            self.state = "expired"


class CapacityReservationBackend(BaseBackend):
    def reserved_capacity(self, name: str) -> CapacityReservation:
        found = self.listed_capacity().get(name)
        if not found:
            raise EC2ClientError("InvalidCapacityReservationId.NotFound", f"The capacity reservation ID '{name}' does not exist")
        return found

    def listed_capacity(self) -> dict[str, CapacityReservation]:
        found: dict[str, CapacityReservation] = vars(self).setdefault("capacity_reservations", {})
        for one in found.values():
            one.expire()
        return found


class CapacityReservations(responses.EC2Response):
    def reservation_end(self, kind: str | None, date: Any) -> dict[str, Any]:
        """Return when a reservation ends, from the parameters of a call."""
        if (kind == "limited") != bool(date):
            raise EC2ClientError("InvalidParameterCombination", "EndDate is for the EndDateType limited, which needs it")
        return {"EndDateType": kind, "EndDate": date}

    def create_capacity_reservation(self) -> ActionResult:
        asked = DEFAULTS | {n: v for n in (*DEFAULTS, *ASKED) if (v := self._get_param(n)) is not None}
        asked |= self.reservation_end(asked["EndDateType"], asked.get("EndDate"))
        asked |= {"TotalInstanceCount": int(self._get_param("InstanceCount")), "CreateDate": datetime.now(timezone.utc)}
        first, then = "pending", "failed" if settings.failure() else "active"
        if start := asked.get("StartDate"):
            end = start + timedelta(seconds=int(self._get_param("CommitmentDuration")))
            asked["CommitmentInfo"] = {"CommittedInstanceCount": asked["TotalInstanceCount"], "CommitmentEndDate": end}
            first, then = "assessing", "scheduled"
        made = CapacityReservation(self.ec2_backend, asked)
        self.ec2_backend.listed_capacity()[made.id] = made
        made.add_tags(self._parse_tag_specification().get(KIND, {}))
        self.ec2_backend.enter(made, KIND, first, partial(setattr, made, "state", then))
        return ActionResult({"CapacityReservation": made.shown()})

    def describe_capacity_reservations(self) -> ActionResult:
        names, filters = self._get_param("CapacityReservationIds", []), self._filters_from_querystring()
        if unknown := filters.keys() - FILTERS:
            raise EC2ClientError("InvalidParameterValue", f"The filter '{unknown.pop()}' is invalid")
        found = [self.ec2_backend.reserved_capacity(name).shown() for name in names or self.ec2_backend.listed_capacity()]
        passing = [one for one in found if all(one[FILTERS[name]] in values for name, values in filters.items())]
        return ActionResult({"CapacityReservations": passing})

    def modify_capacity_reservation(self) -> ActionResult:
        changed = self.changeable_reservation("active")
        if self._get_param("EndDateType") or self._get_param("EndDate"):
            changed.asked |= self.reservation_end(self._get_param("EndDateType"), self._get_param("EndDate"))
        for name, field in {"InstanceCount": "TotalInstanceCount", "InstanceMatchCriteria": "InstanceMatchCriteria"}.items():
            changed.asked[field] = self._get_param(name) or changed.asked[field]
        return ActionResult({"Return": True})

    def cancel_capacity_reservation(self) -> ActionResult:
        self.changeable_reservation("active", "assessing", "cancelled").state = "cancelled"
        return ActionResult({"Return": True})

    def changeable_reservation(self, *states: str) -> CapacityReservation:
        found = self.ec2_backend.reserved_capacity(self._get_param("CapacityReservationId"))
        if found.state not in states:
            raise EC2ClientError("InvalidCapacityReservationState", f"The capacity reservation {found.id} is {found.state}")
        return found
