"""moto's server with our patches. It takes the arguments of moto_server."""

import sys

from moto.server import main as serve

from . import quotas


def main() -> None:
    quotas.patch()
    serve(sys.argv[1:])


if __name__ == "__main__":
    main()
