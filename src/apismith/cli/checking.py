"""The commands that audit: parse, call `api`, print."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from apismith.cli.app import DryRun, app
from apismith.cli.terminal import terminal
from apismith.cli.usage import Command

Format = Literal["text", "concise", "json", "json-lines", "github", "gitlab", "junit", "sarif", "html"]
Checked = Annotated[
    Path,
    typer.Argument(metavar="PATH", help="A project's folder, or a Python file. Default: here.", show_default=False),
]


@app.command(
    cls=Command,
    rich_help_panel="Audit",
    epilog="apismith check\napismith check examples --level all --ignore FA002\napismith check --fix --diff --dry-run\n"
    "apismith check --output-format sarif",
)
def check(
    path: Checked = Path(),
    level: Annotated[
        Literal["default", "strict", "all"] | None,
        typer.Option(
            "--level",
            help="How much is shown: what is likely and matters, what is likely, or all. [default: default]",
            rich_help_panel="Rules",
        ),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(
            "--select", metavar="RULE", help="Only these, e.g. FA4 or FA101; may be repeated.", rich_help_panel="Rules"
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="RULE", help="Not these; may be repeated.", rich_help_panel="Rules"),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="REVISION",
            help="Only lines changed since this revision of git.",
            rich_help_panel="Comparing",
        ),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(
            "--compare", metavar="REPORT", help="Beside an older --json: only what is new.", rich_help_panel="Comparing"
        ),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="FILE", help="Leave out what this file knows.", rich_help_panel="Comparing"),
    ] = None,
    write_baseline: Annotated[
        Path | None,
        typer.Option(
            "--write-baseline",
            metavar="FILE",
            help="Write what is found into a baseline.",
            rich_help_panel="Comparing",
        ),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what can be mended safely.", rich_help_panel="Writing")
    ] = False,
    unsafe_fixes: Annotated[
        bool,
        typer.Option("--unsafe-fixes", help="Mend also what you must look at afterwards.", rich_help_panel="Writing"),
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show the content, too.", rich_help_panel="Writing")] = False,
    dry_run: DryRun = False,
    output_format: Annotated[
        Format, typer.Option("--output-format", help="How the report is written.", rich_help_panel="Output")
    ] = "text",
) -> None:
    """Report what will hurt in production, with the line and the reason; for any FastAPI project.

    It reads the code and executes none of it. It exits with 1 when something is found. What is known to be fine is
    ignored by a comment with its reason: # apismith: ignore[FA101] one millisecond, measured.
    """
    from apismith import api

    with terminal.progress(3) as stage:
        made = api.check(
            path,
            level=level,
            select=select or (),
            ignore=ignore or (),
            baseline=baseline,
            format=output_format,
            older=compare,
            revision=since,
            fix=fix,
            unsafe=unsafe_fixes,
            with_diff=diff,
            stage=stage,
        )
    if listing := made.listing():
        terminal.list(listing)
    if not dry_run:
        made.write()
    terminal.notes(made.notes)
    if write_baseline is not None:
        saved = api.save_baseline(made, write_baseline)
        if not dry_run:
            saved.write()
        terminal.show(saved)
        return
    terminal.show(made)
    raise typer.Exit(made.exit_code)


@app.command(cls=Command, rich_help_panel="Audit", epilog="apismith explain FA101\napismith explain")
def explain(
    rule: Annotated[
        str | None,
        typer.Argument(metavar="RULE", help="A code or name, e.g. FA101. Default: list all.", show_default=False),
    ] = None,
) -> None:
    """Say what a rule looks for, why, what it leaves alone and how to mend it."""
    from apismith import api

    terminal.show(api.explain(rule))
