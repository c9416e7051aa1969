"""Starts moto's server with our classes. It accepts the arguments of moto_server."""

import os
import sys

# By default, moto makes 780 images with volumes in each new account, which takes 0.1 s and
# 5 MB. A test run uses a thousand accounts. moto reads this variable at its import.
os.environ.setdefault("MOTO_AMIS_PATH", os.path.join(os.path.dirname(__file__), "images.json"))

from moto.server import main as serve

from . import ec2, iam, pins


def main() -> None:
    if changed := pins.changes():
        sys.exit("moto's code has changed; tackmoto/pins.py says what to do:\n" + "\n".join(changed))
    ec2.install()
    iam.install()
    serve(sys.argv[1:])


if __name__ == "__main__":
    main()
