"""Commands whose wrong use is told in one line on stderr, with exit status 2."""

import sys
from typing import NoReturn

import click
from click.exceptions import NoArgsIsHelpError


class PlainCommand(click.Command):
    """A command whose wrong use is told in one line."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; one line on stderr and status 2 when they do not fit."""
        try:
            return super().parse_args(ctx, args)
        except NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            _misused(ctx, error)


class PlainGroup(PlainCommand, click.Group):
    """A group whose wrong use is told in one line."""

    command_class = PlainCommand

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; one line on stderr and status 2 when there is none of the name."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            _misused(ctx, error)


def _misused(ctx: click.Context, error: click.UsageError) -> NoReturn:
    click.echo(f"{ctx.command_path}: {' '.join(error.format_message().split())}", err=True)
    sys.exit(2)
