"""`apismith add`: a command for each thing that can be added, made from what it says of itself."""

from collections.abc import Callable
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any

import typer

from apismith.cli.app import AllowDirty, Diff, DryRun, LoseData, Migrate, Project, Test, Yes, app
from apismith.cli.commands import agreed, may_lose
from apismith.cli.terminal import terminal
from apismith.cli.usage import Command, Group
from apismith.contract.editing.word import Option, Value, Word, words

adding = typer.Typer(
    cls=Group,
    rich_markup_mode=None,
    help="Add an entity, a field, a choice … to the contract, and evolve the code in the same step.\n\n"
    "The contract is edited as you would do it: comments and layout stay. Its change and that of the code are shown "
    "together, written together, and taken back together by 'apismith undo'.",
    epilog="apismith add field Book pages:int?\napismith add database postgres --dry-run\napismith add entity --help",
)
app.add_typer(adding, name="add", rich_help_panel="Evolve")

# The options that every addition has, in the order in which help lists them.
_COMMON: dict[str, tuple[Any, Any]] = {
    "project": (Project, Path()),
    "dry_run": (DryRun, False),
    "diff": (Diff, False),
    "test": (Test, False),
    "allow_dirty": (AllowDirty, False),
    "migrate": (Migrate, True),
    "lose_data": (LoseData, False),
    "yes": (Yes, False),
}


class Addition(Command):
    """A command whose usage is that of its word, which says more than the kinds of its arguments could."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return ["[OPTIONS]", *words()[str(self.name)].usage.split()]


def _add(word: Word, given: dict[str, Any]) -> None:
    from apismith import api

    options: dict[str, Value] = {}
    for option in word.options:
        value = given[_variable(option)]
        if option.several:
            options |= {option.name: tuple(value)} if value else {}
        elif value is not None and (value is not False or option.negative):
            options[option.name] = value
    dry_run, yes = given["dry_run"], given["yes"]
    with terminal.progress(4) as stage:
        made = api.add(
            word.name,
            given.get("words") or (),
            options,
            project=given["project"],
            allow_dirty=given["allow_dirty"] or dry_run,
            migrate=given["migrate"],
            run_tests=given["test"],
            with_diff=given["diff"],
            stage=stage,
        )
    evolution = made.evolution
    if evolution.changes.shown:
        terminal.list(made.listing())
    terminal.notes([*evolution.notes, *evolution.notices])
    if not dry_run and agreed(yes, bool(evolution.changes.shown)):
        made.write(lose_data=given["lose_data"] or may_lose(yes, evolution.losses))
    terminal.show(made)
    raise typer.Exit(made.exit_code)


def _command(word: Word) -> Callable[..., None]:
    """The function behind one command; what it takes is told to Typer by its signature."""

    def command(**given: Any) -> None:
        _add(word, given)

    argument = typer.Argument(metavar=word.usage, help="What to add.", hidden=True)
    takes_words = word.most is None or word.most > 0
    taken: dict[str, tuple[Any, Any]] = {"words": (Annotated[list[str] | None, argument], None)} if takes_words else {}
    taken |= {_variable(option): _typed(option) for option in word.options} | _COMMON
    parameters = [
        Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, annotation=kind, default=default)
        for name, (kind, default) in taken.items()
    ]
    # What `inspect.signature` looks at first (PEP 362); the type of a function does not know the attribute.
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    command.__doc__ = word.help
    return command


def _typed(option: Option) -> tuple[Any, Any]:
    named = f"--{option.name}/--no-{option.name}" if option.negative else f"--{option.name}"
    metavar = "|".join(option.choices) or option.metavar or None
    said = typer.Option(named, help=option.help, metavar=metavar, rich_help_panel="What", show_default=False)
    if not option.metavar:
        return (Annotated[bool | None, said], None) if option.negative else (Annotated[bool, said], False)
    return (Annotated[list[str] | None, said], None) if option.several else (Annotated[str | None, said], None)


def _variable(option: Option) -> str:
    return f"given_{option.name.replace('-', '_')}"


for _word in words().values():
    adding.command(_word.name, cls=Addition, rich_help_panel=_word.group, epilog="\n".join(_word.examples))(
        _command(_word)
    )
