import unittest
from types import SimpleNamespace
from unittest import mock

from tackmoto import settings, states


class States(unittest.TestCase):
    def setUp(self) -> None:
        self.backend = states.StatesBackend()
        self.lasts: dict[str, float] = {}
        for patch in (
            mock.patch.object(settings, "duration", side_effect=lambda kind, state: self.lasts.get(f"{kind} {state}", 1)),
            mock.patch.object(states.time, "monotonic", side_effect=lambda: self.now),
        ):
            patch.start()
            self.addCleanup(patch.stop)
        self.now = 0.0

    def made(self, name: str = "i-1") -> SimpleNamespace:
        thing = SimpleNamespace(id=name, state="")
        self.backend.enter(thing, "instance", "pending", lambda: setattr(thing, "state", "running"))
        return thing

    def states_at(self, now: float, *things: SimpleNamespace) -> list[str]:
        self.now = now
        self.backend.advance()
        return [thing.state for thing in things]

    def test_a_state_lasts_as_long_as_is_set(self) -> None:
        self.lasts["instance pending"] = 10
        thing = self.made()
        self.assertEqual(self.states_at(9, thing), ["pending"])
        self.assertEqual(self.states_at(10, thing), ["running"])

    def test_a_new_time_counts_for_those_that_are_in_the_state(self) -> None:
        self.lasts["instance pending"] = 10
        thing = self.made()
        self.lasts["instance pending"] = 0
        self.assertEqual(self.states_at(0, thing), ["running"])

    def test_another_state_takes_the_place_of_the_first(self) -> None:
        thing, other = self.made(), self.made("i-2")
        self.backend.enter(thing, "instance", "shutting-down", lambda: setattr(thing, "state", "terminated"))
        self.lasts["instance shutting-down"] = 5
        self.assertEqual(self.states_at(1, thing, other), ["shutting-down", "running"])
        self.assertEqual(self.states_at(5, thing, other), ["terminated", "running"])

    def test_a_deleted_resource_leaves_the_list_with_its_tags(self) -> None:
        listed = {"i-1": self.made(), "i-2": self.made("i-2")}
        self.backend.tags = {"i-1": {"k": "v"}, "i-2": {"k": "w"}}
        self.lasts["instance deleted"] = 10
        self.backend.leave(listed["i-1"], "instance", listed)
        self.assertEqual(self.states_at(9, *listed.values()), ["deleted", "running"])
        self.states_at(10)
        self.assertEqual((list(listed), self.backend.tags), (["i-2"], {"i-2": {"k": "w"}}))


class Settings(unittest.TestCase):
    def test_aws_is_as_documented_without_settings(self) -> None:
        self.assertEqual((settings.duration("instance", "pending"), settings.failure(), settings.rules_per_group()), (1.0, None, 60))

    def test_aws_lists_a_deleted_resource_for_an_hour(self) -> None:
        self.assertEqual(settings.duration("natgateway", "deleted"), 3600)
