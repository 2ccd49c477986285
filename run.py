#!/usr/bin/env python3
"""The only door: everything starts here. No logic; the command line is in command_centre/app/cli.py."""

import sys

from command_centre.app.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
