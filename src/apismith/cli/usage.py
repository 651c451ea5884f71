"""How commands are parsed and explained: shared options, help by group, and mistakes that name the right word."""

import textwrap
from collections.abc import Callable, Iterable
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from apismith.cli.terminal import Color, terminal
from apismith.errors import ApismithError, did_you_mean

WIDTH = 80
_LISTED = 15


class UnknownCommand(ApismithError):
    """There is no command of this name."""


class UnknownOption(ApismithError):
    """The command has no option of this name."""


class UnknownValue(ApismithError):
    """An option or argument does not take this value."""


class WrongUsage(ApismithError):
    """A word is missing on the command line, or is too many."""


def _setting(name: str) -> Callable[[Any], None]:
    def keep(value: Any) -> None:
        setattr(terminal, name, value)

    return keep


def _shared(
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print the result, or the error, as JSON.",
            callback=_setting("as_json"),
            rich_help_panel="Output",
            expose_value=False,
        ),
    ] = False,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet",
            help="Print nothing but the result and errors.",
            callback=_setting("quiet"),
            rich_help_panel="Output",
            expose_value=False,
        ),
    ] = False,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose",
            help="Tell more on the way.",
            callback=_setting("verbose"),
            rich_help_panel="Output",
            expose_value=False,
        ),
    ] = False,
    color: Annotated[
        Color,
        typer.Option(
            "--color",
            help="Colour the output.",
            envvar="APISMITH_COLOR",
            callback=_setting("color"),
            rich_help_panel="Output",
            expose_value=False,
        ),
    ] = "auto",
    debug: Annotated[
        bool,
        typer.Option(
            "--debug",
            help="Show the traceback of an error.",
            envvar="APISMITH_DEBUG",
            callback=_setting("debug"),
            rich_help_panel="Output",
            expose_value=False,
        ),
    ] = False,
) -> None:
    """The options that every command has."""


def _shared_options() -> list[Any]:
    alone = typer.Typer(add_completion=False)
    alone.command()(_shared)
    return list(get_command(alone).params)


class _Help:
    """Help in plain text of 80 columns: options by their group, then examples."""

    def get_help(self: Any, ctx: Any) -> str:
        blocks = [textwrap.fill(self.get_usage(ctx), WIDTH, subsequent_indent=" " * 7), *_paragraphs(self.help)]
        groups: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None:
                default = "Arguments" if param.param_type_name == "argument" else "Options"
                groups.setdefault(getattr(param, "rich_help_panel", None) or default, []).append(record)
        if isinstance(self, TyperGroup):
            commands = {name: command for name, command in self.commands.items() if not command.hidden}
            by_job: dict[str, list[tuple[str, str]]] = {}
            for name, command in commands.items():
                job = getattr(command, "rich_help_panel", None) or "Commands"
                by_job.setdefault(job, []).append((name, (command.help or "").strip().splitlines()[0]))
            groups = {**by_job, **groups}
        blocks += [_block(title, rows) for title, rows in groups.items()]
        if self.epilog:
            blocks.append("\n".join(["Examples:", *(f"  {line}" for line in self.epilog.splitlines())]))
        return "\n\n".join(blocks)


def _paragraphs(help_text: str | None) -> list[str]:
    paragraphs = textwrap.dedent(help_text or "").strip().split("\n\n")
    # After \b, the mark that Click uses for it (here as two characters), a paragraph keeps its lines.
    return [
        paragraph.removeprefix("\\b\n") if paragraph.startswith("\\b\n") else textwrap.fill(paragraph, WIDTH)
        for paragraph in paragraphs
    ]


def _block(title: str, rows: list[tuple[str, str]]) -> str:
    left = min(max(len(term) for term, _ in rows), 28)
    lines = [f"{title}:"]
    for term, text in rows:
        first, *rest = textwrap.wrap(text, WIDTH - left - 4, break_long_words=False, break_on_hyphens=False) or [""]
        if len(term) > left:
            lines.append(f"  {term}")
            term = ""
        lines += [f"  {term:{left}}  {first}".rstrip(), *(f"  {'':{left}}  {line}" for line in rest)]
    return "\n".join(lines)


class Command(_Help, TyperCommand):
    """A command with the shared options."""

    def __init__(self, name: str | None, **settings: Any) -> None:
        super().__init__(name, **settings)
        self.params += _shared_options()

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing:
            return super().parse_args(ctx, args)
        # While a shell completes a word, only the names that were given matter: building validators would take longer.
        given, rest, _ = self.make_parser(ctx).parse_args(args=list(args))
        for param in self.get_params(ctx):
            ctx.params[param.name], source = param.consume_value(ctx, given)
            ctx.set_parameter_source(param.name, source)
        ctx.args = rest
        return rest


class Group(_Help, TyperGroup):
    """The commands."""

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)
        if option is not None:
            # Without a default Typer would import Pydantic to validate that nothing was given.
            option.default = False
        return option

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None:
            raise UnknownCommand(f"There is no command '{args[0]}'.", hint=_known(args[0], self.commands))
        return super().resolve_command(ctx, args)


def explained(error: typer.TyperException) -> ApismithError:
    """A parser's complaint as one of our errors: what is wrong, and the nearest word that would be right."""
    context: Any = getattr(error, "ctx", None)
    param: Any = getattr(error, "param", None)
    option: str | None = getattr(error, "option_name", None)
    command = context.command_path if context else "apismith"
    message = error.format_message().splitlines()[0].rstrip(".")
    if option is not None and message.startswith("No such option"):
        known = [name for param in context.command.get_params(context) for name in param.opts]
        return UnknownOption(f"'{command}' has no option '{option}'.", hint=_known(option, known))
    if param is not None and (choices := param.type_descriptor.choices) and "'" in error.message:
        word = error.message.split("'")[1]
        return UnknownValue(f"{' / '.join(param.opts)} cannot be '{word}'.", hint=_known(word, choices))
    return WrongUsage(f"{message}.", hint=f"See '{command} --help'.")


def _known(word: str, known: Iterable[str]) -> str | None:
    """The nearest word and, where they are few, all that are known."""
    known = list(known)
    near = did_you_mean(word, known) or ""
    listed = f"Known: {', '.join(known)}." if len(known) <= _LISTED else ""
    return " ".join(filter(None, [near, listed])) if near.startswith("Did") else listed or None
