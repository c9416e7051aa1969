"""moto's server with our patches. It takes the arguments of moto_server."""

import os
import sys

# moto makes 780 images with their volumes in each account that it sees, which takes a
# tenth of a second and 5 MB. A test run sees a thousand accounts. moto reads this
# variable when it is imported.
os.environ.setdefault("MOTO_AMIS_PATH", os.path.join(os.path.dirname(__file__), "images.json"))

from moto.server import main as serve

from . import quotas


def main() -> None:
    quotas.patch()
    serve(sys.argv[1:])


if __name__ == "__main__":
    main()
