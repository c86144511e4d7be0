"""The `policywatch` command: puts the groups of `bot.commands` together and turns errors into one clear line.

Exit status: 0 done, 1 it failed, 2 wrong use or wrong configuration. Errors go to standard error, never as a traceback; `--debug` shows it.
Each command's module is imported only when it runs, so that `policywatch recent` does not pay for what `analyse` needs.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from typing import NoReturn

import click
from click.exceptions import NoArgsIsHelpError

from bot import __version__
from bot.errors import PolicywatchError

# command -> (module under bot.commands, help line for the overview)
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("serve", "worker and web in one process"),
    "worker": ("serve", "poll, deliver and keep up (the Procfile's worker)"),
    "web": ("serve", "tracker page, health, Slack's requests (the Procfile's web)"),
    "poll": ("serve", "one pass over the sources and one delivery round, then exit"),
    "demo": ("demo", "a tour of under a minute, without network and Slack"),
    "db": ("db", "upgrade or check the database's schema"),
    "config": ("config", "check the configuration, print its JSON Schema"),
    "sources": ("sources", "list, show, add, remove, mute, test, import, export"),
    "document": ("document", "versions of a watched document, and how they differ"),
    "recent": ("reports", "recent policy changes"),
    "search": ("reports", "changes that hold the words"),
    "show": ("reports", "one story with its articles"),
    "stance": ("reports", "an actor's policy now, with its history"),
    "export": ("reports", "the ledger as CSV or JSON"),
    "explain": ("reports", "why an address did, or did not, alert"),
    "digest": ("reports", "what a digest would say"),
    "merge": ("stories", "two stories are one"),
    "split": ("stories", "an article tells a story of its own"),
    "analyse": ("analyse", "what the bot sees in a text, with reasons"),
    "replay": ("analyse", "a recorded stream through the real pipeline, in memory"),
    "score": ("analyse", "decisions against labels: precision, recall, fields, stories"),
    "labels": ("labels", "what people said about stories: list, remove, export in the corpus format"),
    "history": ("history", "import curated past changes, never alerted"),
    "outbox": ("outbox", "list, retry or drop deliveries"),
    "slack": ("slack", "the app manifest; check token, scopes and channels"),
    "doctor": ("doctor", "config, database, Slack and sources in one report"),
}


class LazyGroup(click.Group):
    """Finds commands by name and imports them on use."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Names in the order of COMMANDS: what people need first comes first."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Import the command's module and return the command, which has its name there."""
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"bot.commands.{COMMANDS[name][0]}")
        command = getattr(module, f"{name}_command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when the word is unknown."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            if near:
                raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from error
            raise


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="policywatch")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def cli(ctx: click.Context, debug: bool) -> None:
    """Watch facial-recognition policy changes and tell policy teams in Slack."""
    ctx.obj = {"debug": debug}


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit with its status."""
    given = sys.argv[1:] if args is None else args
    arguments = [
        each for each in given if each != "--debug"
    ]  # taken wherever it stands: people append it to what failed
    debug, out = len(arguments) < len(given), sys.stdout
    try:
        cli.main(args=arguments, prog_name="policywatch", standalone_mode=False)
    except NoArgsIsHelpError as error:
        click.echo(_overview(error), err=True)
        sys.exit(2)
    except click.ClickException as error:
        _fail(_one_line(error), 2 if isinstance(error, click.UsageError) else 1, debug=debug)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        _leave_pipe()
    except SystemExit:
        if sys.stdout is not out:  # click has met the broken pipe first: it muffles the stream and calls it a failure
            _leave_pipe()
        raise
    except PolicywatchError as error:
        _fail(str(error), error.exit_status, debug=debug)
    except Exception as error:  # noqa: BLE001 - the last edge: a person sees one line, --debug the rest
        _fail(f"unexpected error: {type(error).__name__}: {error}  (policywatch --debug … shows where)", 1, debug=debug)
    sys.exit(0)


def _fail(line: str, status: int, *, debug: bool) -> NoReturn:
    if debug:
        traceback.print_exc()
    click.echo(line, err=True)
    sys.exit(status)


def _leave_pipe() -> NoReturn:
    """The reader (`| head`) has gone: no failure; keep the interpreter from complaining about it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)


def _overview(error: NoArgsIsHelpError) -> str:
    """The help of `policywatch` alone; of a group (`policywatch db`) one line that names its commands."""
    context = error.ctx
    if context is None or not isinstance(context.command, click.Group) or context.parent is None:
        return error.format_message()
    names = context.command.list_commands(context)
    return f"{context.command_path}: say what: {', '.join(names)}  ({context.command_path} --help shows how)"


def _one_line(error: click.ClickException) -> str:
    """An error of the command line in one line, which ends with where to read how it is used."""
    text = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    return f"{text}  ({context.command_path} --help shows how)" if context is not None else text
