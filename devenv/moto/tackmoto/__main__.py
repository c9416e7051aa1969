"""moto's server with our classes. It takes the arguments of moto_server."""

import os
import sys

# moto makes 780 images with their volumes in each account that it sees, which takes a
# tenth of a second and 5 MB. A test run sees a thousand accounts. moto reads this
# variable when it is imported.
os.environ.setdefault("MOTO_AMIS_PATH", os.path.join(os.path.dirname(__file__), "images.json"))

from moto.server import main as serve

from . import ec2, iam, pins


def main() -> None:
    if changed := pins.changes():
        sys.exit("moto is not what we read (tackmoto/pins.py says what to do):\n" + "\n".join(changed))
    ec2.install()
    iam.install()
    serve(sys.argv[1:])


if __name__ == "__main__":
    main()
