"""`python -m tfstyle`: the command line, where no script `tfstyle` is on the path."""

import sys

from tfstyle import cli

if __name__ == "__main__":
    sys.exit(cli.main())
