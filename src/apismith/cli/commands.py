"""The commands: parse, call `api`, print."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from apismith.cli.app import AllowDirty, Diff, DryRun, LoseData, Migrate, Project, Test, Yes, app
from apismith.cli.terminal import terminal
from apismith.cli.usage import Command, WrongUsage

if TYPE_CHECKING:
    from apismith import api

File = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE", help="A contract: a Python file or a package. Default: the project's.", show_default=False
    ),
]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Generated files.", show_default=False)]


@app.command(
    cls=Command,
    rich_help_panel="Design and build",
    epilog="apismith new conduit --contract examples/conduit.py\n"
    'apismith new blog --entity "Article title body:text author:owner tags:Tag*" --entity "Tag name:str:unique" --yes\n'
    "apismith new shop --yes --dry-run",
)
def new(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Folder to make; its last part names the backend. [default: backend]"),
    ] = None,
    contract: Annotated[
        Path | None,
        typer.Option(
            "--contract", metavar="FILE", help="A contract; then nothing is asked.", rich_help_panel="Contract"
        ),
    ] = None,
    database: Annotated[
        Literal["sqlite", "postgres"] | None,
        typer.Option("--database", help="Where rows are kept. [default: sqlite]", rich_help_panel="Answers"),
    ] = None,
    auth: Annotated[
        Literal["jwt", "none"] | None,
        typer.Option("--auth", help="Whether people log in. [default: jwt]", rich_help_panel="Answers"),
    ] = None,
    ids: Annotated[
        Literal["int", "uuid"] | None,
        typer.Option("--ids", help="What ids look like. [default: int]", rich_help_panel="Answers"),
    ] = None,
    entity: Annotated[
        list[str] | None,
        typer.Option(
            "--entity",
            metavar="SKETCH",
            rich_help_panel="Answers",
            help="A first entity; may be repeated. [default: Note title body:text author:owner]",
        ),
    ] = None,
    yes: Annotated[
        bool,
        typer.Option("--yes", help="Ask nothing; take the defaults.", envvar="APISMITH_YES", rich_help_panel="Answers"),
    ] = False,
    existing: Annotated[
        Literal["refuse", "keep", "replace"],
        typer.Option("--existing", help="What to do about files that are in the way.", rich_help_panel="Writing"),
    ] = "refuse",
    git: Annotated[
        bool,
        typer.Option("--git/--no-git", help="Make a git repository with a first commit.", rich_help_panel="Writing"),
    ] = True,
    dry_run: DryRun = False,
    diff: Diff = False,
) -> None:
    r"""Make a new backend, from a contract or from a few answers.

    Without --contract it asks at most five questions, each answered by a flag, too; off a terminal and with --yes the
    defaults are taken. The answers become a contract.py, which the backend is generated from.

    An entity is sketched as its name and its fields, each name, name:type or name:type:mark:

    \b
      title               a short text, the same as title:str
      price:decimal?      str text int float decimal bool date datetime time
                          uuid email url; with ? it may be left out
      slug:slug:key       made from the first str, e.g. the-first-day
      status:draft|sent   one of these texts, the first being the default
      category:Category   another entity; Category? one or none, Category* a set
      author:owner        the account that made it
      name:str:unique     marks: unique, index, key (its paths name it) and
                          parent (it lives below that entity)
    """
    from apismith import api
    from apismith.cli import questions

    called = name and Path(name).resolve().name
    given = {"name": called, "database": database, "auth": auth, "ids": ids}
    ask = contract is None and terminal.can_ask and not yes
    answers = questions.answers({**given, "entities": entity}, ask=ask)
    with terminal.progress(3) as stage:
        stage("read the contract")
        source = api.sketch(answers) if contract is None else api.read(contract, name=called)
        folder = Path(name or answers.name) if name or contract is None else None
        made = api.new(source, folder, existing=existing, commit=git, with_diff=diff, stage=stage)
        terminal.list(made.listing())
        stage("write")
        if not dry_run:
            made.write()
    terminal.notes([*made.notes, *made.needs])
    terminal.show(made)


@app.command(
    "contract",
    cls=Command,
    rich_help_panel="Design and build",
    epilog="apismith contract examples/conduit.py\napismith contract --json",
)
def contract_(file: File = None, project: Project = Path()) -> None:
    """Show a contract: its entities, routes and who may do what; --json prints its twin as data."""
    from apismith import api

    terminal.show(api.contract(file, project=project))


@app.command(
    cls=Command,
    rich_help_panel="Design and build",
    epilog="apismith diagram examples/conduit.py --format mermaid\napismith diagram -o entities.svg",
)
def diagram(
    file: File = None,
    project: Project = Path(),
    format: Annotated[
        Literal["svg", "mermaid"], typer.Option("--format", help="How to draw it.", rich_help_panel="Drawing")
    ] = "svg",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where to write it. Default: stdout.",
            rich_help_panel="Drawing",
            show_default=False,
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Draw the entities of a contract and their relations."""
    from apismith import api

    drawn = api.diagram(file, project=project, format=format)
    if output is None:
        terminal.show(drawn)
    else:
        saved = api.save(drawn, output)
        if not dry_run:
            saved.write()
        terminal.show(saved)


@app.command(
    cls=Command,
    rich_help_panel="Evolve",
    epilog="apismith evolve --dry-run --diff\napismith evolve --yes\napismith evolve --json --dry-run",
)
def evolve(
    project: Project = Path(),
    dry_run: DryRun = False,
    diff: Diff = False,
    test: Test = False,
    allow_dirty: AllowDirty = False,
    migrate: Migrate = True,
    lose_data: LoseData = False,
    yes: Yes = False,
) -> None:
    """Bring the code up to its contract; what you have edited stays yours.

    Your edits, moved files, renamed classes and deletions live on. Where the contract and an edit of yours contradict
    each other, the file gets the markers of a merge, and it exits with 1. What changes in the database becomes a
    migration. 'apismith undo' takes everything back.
    """
    from apismith import api

    with terminal.progress(4) as stage:
        evolution = api.evolve(
            project,
            allow_dirty=allow_dirty or dry_run,
            migrate=migrate,
            run_tests=test,
            with_diff=diff,
            stage=stage,
        )
    if evolution.changes.shown:
        terminal.list(evolution.listing())
    terminal.notes([*evolution.notes, *evolution.notices])
    if not dry_run and agreed(yes, bool(evolution.changes.shown)):
        evolution.write(lose_data=lose_data or may_lose(yes, evolution.losses))
    terminal.show(evolution)
    raise typer.Exit(evolution.exit_code)


def agreed(yes: bool, asked: bool) -> bool:
    """Whether changes may be written: asked where there is somebody to answer."""
    return yes or not asked or not terminal.can_ask or typer.confirm("Write these changes?", default=True, err=True)


def may_lose(yes: bool, losses: Collection[str]) -> bool:
    """Whether a migration may take values away: asked where there is somebody to answer."""
    asked = bool(losses) and not yes and terminal.can_ask
    return asked and typer.confirm("Write a migration that loses these values?", default=False, err=True)


@app.command(cls=Command, rich_help_panel="Evolve", epilog="apismith status\napismith status --json")
def status(project: Project = Path()) -> None:
    """Show what became of each generated file: edited, moved, deleted, yours or in conflict."""
    from apismith import api

    terminal.show(api.status(project))


@app.command(cls=Command, rich_help_panel="Evolve", epilog="apismith undo --dry-run\napismith undo")
def undo(project: Project = Path(), dry_run: DryRun = False) -> None:
    """Take back the last add, evolve, resolve, eject or adopt, byte for byte; again for the one before."""
    from apismith import api

    _do(api.undo(project), dry_run)


@app.command(
    cls=Command,
    rich_help_panel="Evolve",
    epilog="apismith resolve app/models/articles.py --mine\napismith resolve app/models/articles.py --theirs\n"
    "apismith resolve app/models/articles.py",
)
def resolve(
    files: Files,
    mine: Annotated[bool, typer.Option("--mine", help="Take what you wrote.", rich_help_panel="Decision")] = False,
    theirs: Annotated[
        bool, typer.Option("--theirs", help="Take what is generated.", rich_help_panel="Decision")
    ] = False,
    project: Project = Path(),
    dry_run: DryRun = False,
) -> None:
    """Decide conflicts: for one side, or as you have edited the file."""
    from apismith import api

    if mine and theirs:
        raise WrongUsage(
            "A conflict is decided for one side: --mine or --theirs.", hint="See 'apismith resolve --help'."
        )
    _do(api.resolve(files, "mine" if mine else "theirs" if theirs else None, project=project), dry_run)


@app.command(cls=Command, rich_help_panel="Evolve", epilog="apismith eject app/main.py")
def eject(files: Files, project: Project = Path(), dry_run: DryRun = False) -> None:
    """Make generated files wholly yours: no evolution touches them any more."""
    from apismith import api

    _do(api.eject(files, project=project), dry_run)


@app.command(cls=Command, rich_help_panel="Evolve", epilog="apismith adopt app/main.py")
def adopt(files: Files, project: Project = Path(), dry_run: DryRun = False) -> None:
    """Let ejected files evolve again; the next evolution brings what they have missed."""
    from apismith import api

    _do(api.adopt(files, project=project), dry_run)


def _do(operation: "api.Operation", dry_run: bool) -> None:
    if operation.changes.shown:
        terminal.list(operation.listing())
    if not dry_run:
        operation.write()
    terminal.notes(operation.notes)
    terminal.show(operation)


@app.command(cls=Command, rich_help_panel="Look around", epilog="apismith doctor\napismith doctor --json")
def doctor(project: Project = Path()) -> None:
    """Show versions, tools and the project found here."""
    from apismith import api

    terminal.show(api.doctor(project))
