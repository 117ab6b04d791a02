"""`python -m tfstyle`: the command line, where no script `tfstyle` is on the path."""

import sys

from tfstyle.cli import app

if __name__ == "__main__":
    sys.exit(app.main())
