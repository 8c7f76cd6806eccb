"""`skillbridge matching`: what a model may learn from."""

import typer

from skillbridge.entrypoints.cli.features import features

matching = typer.Typer(help=__doc__, no_args_is_help=True)
matching.command()(features)


@matching.callback()
def group() -> None:
    """Keeps `features` a command of the group, alone as it is."""
