"""`python -m skillbridge` is the command `skillbridge`."""

from skillbridge.entrypoints.cli.main import main

if __name__ == "__main__":
    main()
