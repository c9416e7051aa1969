import unittest
from unittest import mock

from tackmoto import pins

REPLACED = "moto.ec2.models.nat_gateways.NatGatewayBackend.create_nat_gateway"


class Pins(unittest.TestCase):
    def test_moto_is_what_we_read(self) -> None:
        self.assertEqual(pins.changes(), [], "moto's code has changed: compare it with ours, then run python -m tackmoto.pins --update")

    def test_a_change_of_moto_is_seen(self) -> None:
        recorded = pins.recorded()
        for name, others, said in (
            ("another source", recorded | {REPLACED: "000000000000"}, "recorded 000000000000"),
            ("not known yet", {k: v for k, v in recorded.items() if k != REPLACED}, "recorded None"),
            ("no longer there", recorded | {REPLACED + "s": "000000000000"}, "is None"),
        ):
            with self.subTest(name), mock.patch.object(pins, "recorded", return_value=others):
                [change] = pins.changes()
                self.assertIn(REPLACED, change)
                self.assertIn(said, change)

    def test_properties_and_models_are_among_them(self) -> None:
        for name in (
            "moto.ec2.models.subnets.Subnet.ipv6_cidr_block_association_set",
            "moto.iam.models.IAMBackend.create_role",
            "moto.ec2.responses.vpcs.VPCs.create_vpc",
        ):
            self.assertIn(name, pins.recorded())
