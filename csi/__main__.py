"""`python -m csi` is the command `csi`."""

import sys

from csi.cli import main

if __name__ == "__main__":
    sys.exit(main())
