"""Prefix lists change in the background, one change after another, and stay while something refers to them.

moto changes them at once, accepts any version and any entries, drops the name at a change, and lacks associations.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetManagedPrefixListAssociations.html
https://docs.aws.amazon.com/vpc/latest/userguide/working-with-managed-prefix-lists.html
"""

from functools import partial
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import managed_prefixes as models
from moto.ec2.responses import vpcs as responses

from . import settings

KIND, MOST = "prefix-list", 100


class ManagedPrefixListBackend(models.ManagedPrefixListBackend):
    def prefix_list(self, name: str) -> models.ManagedPrefixList:
        found = self.managed_prefix_lists.get(name)
        if not found or found.state == "delete-complete":
            raise EC2ClientError("InvalidPrefixListID.NotFound", f"The prefix list ID '{name}' does not exist")
        return found

    def begin(self, prefix_list: models.ManagedPrefixList, verb: str, change: Any, failure: dict[str, str] | None = None) -> None:
        """Carry out a change after a while, or give it up."""
        prefix_list.state_message = None

        def end() -> None:
            prefix_list.state = f"{verb}-failed" if failure else f"{verb}-complete"
            prefix_list.state_message = failure and failure["message"]
            if not failure:
                change()

        self.enter(prefix_list, KIND, f"{verb}-in-progress", end)  # type: ignore[attr-defined]

    def users(self, name: str) -> list[str]:
        """Return the ids of the groups and route tables that refer to a prefix list."""
        groups = [group for by_id in self.groups.values() for group in by_id.values()]  # type: ignore[attr-defined]
        found = [g.id for g in groups if any(rule.prefix_list_id == name for rule in [*g.ingress_rules, *g.egress_rules])]
        tables = self.route_tables.values()  # type: ignore[attr-defined]
        return found + [t.id for t in tables if any(route.destination_prefix_list_id == name for route in t.routes)]


def check(entries: list[dict[str, str]], most: Any) -> None:
    blocks = [entry["Cidr"] for entry in entries]
    if len(set(blocks)) < len(blocks):
        raise EC2ClientError("InvalidParameterValue", "The request contains duplicate entries")
    if len(blocks) > int(most):
        raise EC2ClientError("PrefixListMaxEntriesExceeded", f"You've exceeded the maximum number of entries ({most}) for the prefix list")


class VPCs(responses.VPCs):
    def create_managed_prefix_list(self) -> ActionResult:
        entries = self._get_param("Entries", [])
        self.batch(entries)
        check(entries, self._get_param("MaxEntries"))
        answer = super().create_managed_prefix_list()
        self.ec2_backend.begin(answer.result["PrefixList"], "create", lambda: None, settings.failure())
        return answer

    def batch(self, entries: list[dict[str, str]]) -> None:
        if len(entries) > MOST:
            raise EC2ClientError("InvalidParameterValue", f"A call changes at most {MOST} entries")

    def modify_managed_prefix_list(self) -> ActionResult:
        changed = self.ec2_backend.prefix_list(self._get_param("PrefixListId"))
        add, remove = self._get_param("AddEntries", []), self._get_param("RemoveEntries", [])
        size, version, name = (self._get_param(p) for p in ("MaxEntries", "CurrentVersion", "PrefixListName"))
        if changed.state.endswith("-in-progress"):
            raise EC2ClientError("IncorrectState", f"The prefix list {changed.id} is in state {changed.state}")
        if (add or remove) and size:
            raise EC2ClientError("InvalidParameterCombination", "You cannot change the maximum number of entries and the entries in one call")
        if (add or remove) and int(version or 0) != changed.version:
            raise EC2ClientError("PrefixListVersionMismatch", f"The prefix list has the version {changed.version}")
        self.batch(add)
        self.batch(remove)
        gone = {entry["Cidr"] for entry in remove}
        if gone & {entry["Cidr"] for entry in add}:
            raise EC2ClientError("InvalidParameterValue", "A block cannot be in the entries to add and to remove")
        has = changed.entries.get(changed.version) or []
        entries = [entry for entry in has if entry["Cidr"] not in gone] + add
        check(entries, size or changed.max_entries)
        changed.prefix_list_name = name or changed.prefix_list_name
        if add or remove:
            self.ec2_backend.begin(changed, "modify", partial(self.set_entries, changed, entries))
        elif size:
            # Each rule counts as many rules as the list may have entries.
            full = self.ec2_backend.users(changed.id) and int(size) > settings.rules_per_group()
            failure = {"message": "The size exceeds a quota of a resource that refers to the list"} if full else None
            self.ec2_backend.begin(changed, "modify", partial(setattr, changed, "max_entries", size), failure)
        return ActionResult({"PrefixList": changed})

    def set_entries(self, changed: models.ManagedPrefixList, entries: list[dict[str, str]]) -> None:
        changed.version = (changed.version or 0) + 1
        changed.entries[changed.version] = entries

    def describe_managed_prefix_lists(self) -> ActionResult:
        for name in self._get_param("PrefixListIds", []):
            self.ec2_backend.prefix_list(name)
        return super().describe_managed_prefix_lists()

    def get_managed_prefix_list_entries(self) -> ActionResult:
        found = self.ec2_backend.prefix_list(self._get_param("PrefixListId"))
        entries = found.entries.get(int(self._get_param("TargetVersion") or found.version)) or []
        start, most = int(self._get_param("NextToken") or 0), int(self._get_param("MaxResults") or MOST)
        more = str(start + most) if len(entries) > start + most else None
        return ActionResult({"Entries": entries[start : start + most], "NextToken": more})

    def get_managed_prefix_list_associations(self) -> ActionResult:
        found = self.ec2_backend.prefix_list(self._get_param("PrefixListId"))
        users = self.ec2_backend.users(found.id)
        return ActionResult({"PrefixListAssociations": [{"ResourceId": user, "ResourceOwner": found.owner_id} for user in users]})

    def delete_managed_prefix_list(self) -> ActionResult:
        gone = self.ec2_backend.prefix_list(self._get_param("PrefixListId"))
        if gone.state.endswith("-in-progress") or self.ec2_backend.users(gone.id):
            raise EC2ClientError("IncorrectState", f"The prefix list {gone.id} is referenced by other resources, or in state {gone.state}")
        self.ec2_backend.begin(gone, "delete", partial(self.ec2_backend.managed_prefix_lists.pop, gone.id))
        return ActionResult({"PrefixList": gone})
