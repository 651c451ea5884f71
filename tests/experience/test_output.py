"""Output: results on stdout, the rest on stderr; colour on terminals only; nothing goes out to the network."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from .conftest import COMMAND, Run

SUCCESSES = [
    ["new", "shop", "--yes", "--dry-run"],
    ["contract", "CONTRACT"],
    ["diagram", "CONTRACT"],
    ["doctor"],
]
FAILURES = [["nwe"], ["contract", "BROKEN"], ["new", "Shop"]]
HEAVY = ["jinja2", "libcst", "mcp", "pydantic", "rich", "sqlalchemy", "uvicorn"]


def filled(words: list[str], contract: Path, broken: Path) -> list[str]:
    return [{"CONTRACT": str(contract), "BROKEN": str(broken)}.get(word, word) for word in words]


@pytest.mark.parametrize("words", SUCCESSES, ids=lambda words: words[0])
def test_a_result_is_on_stdout_and_0(
    process: Callable[..., Run], contract: Path, broken: Path, words: list[str]
) -> None:
    done = process(*filled(words, contract, broken))
    assert done.code == 0, done.err
    assert done.out
    assert "error" not in done.err


@pytest.mark.parametrize("words", SUCCESSES, ids=lambda words: words[0])
def test_json_is_json_whatever_is_noted_beside(
    apismith: Callable[..., Run], contract: Path, broken: Path, words: list[str]
) -> None:
    data = apismith(*filled(words, contract, broken), "--json").data
    assert data["schema_version"] == 1


def test_the_members_of_json_are_as_documented(apismith: Callable[..., Run], contract: Path) -> None:
    new = apismith("new", "shop", "--contract", str(contract), "--dry-run", "--json").data
    assert set(new) == {"schema_version", "name", "folder", "files", "counts", "notes", "next"}
    assert set(new["files"][0]) == {"action", "path", "bytes"}
    drawn = apismith("diagram", str(contract), "--json").data
    assert set(drawn) == {"schema_version", "format", "diagram"}
    saved = apismith("diagram", str(contract), "--output", "x.svg", "--dry-run", "--json").data
    assert set(saved) == {"schema_version", "files", "counts"}
    doctor = apismith("doctor", "--json").data
    members = {"apismith", "python", "interpreter", "system", "libraries", "tools", "contract"}
    assert set(doctor) == {"schema_version"} | members


@pytest.mark.parametrize("words", SUCCESSES, ids=lambda words: words[0])
def test_quiet_says_nothing_on_stderr(
    apismith: Callable[..., Run], contract: Path, broken: Path, words: list[str]
) -> None:
    assert apismith(*filled(words, contract, broken), "--quiet").err == ""


@pytest.mark.parametrize("words", SUCCESSES + FAILURES + [["--help"], ["new", "--help"]], ids=str)
def test_a_pipe_gets_plain_text(apismith: Callable[..., Run], contract: Path, broken: Path, words: list[str]) -> None:
    done = apismith(*filled(words, contract, broken))
    printed = done.out + done.err
    assert "\033" not in printed
    assert not any(0x2500 <= ord(char) < 0x2600 or ord(char) >= 0x1F000 for char in printed)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_has_seen_enough_is_no_error(
    environment: dict[str, str], tmp_path: Path, unbuffered: str
) -> None:
    environment["PYTHONUNBUFFERED"] = unbuffered
    script = f"set -o pipefail; '{sys.executable}' -m apismith doctor | true"
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stderr == ""


def test_an_old_encoding_is_no_error(process: Callable[..., Run], tmp_path: Path, contract: Path) -> None:
    contract.write_text(contract.read_text().replace("A shelf of books", "Ein Bücherregal"))
    done = process("new", "shop", "--contract", str(contract), "--dry-run", "--diff", PYTHONIOENCODING="ascii")
    assert done.code == 0, done.err
    assert "Ein B\\xfccherregal" in done.out
    assert process("nöö", "--json", PYTHONIOENCODING="ascii").data["error"]["message"] == "There is no command 'nöö'."


# Colour ---------------------------------------------------------------------------------------------------------------

DRY = ["new", "shop", "--yes", "--dry-run"]


@pytest.mark.parametrize("words", [DRY, ["nwe"]], ids=["result", "error"])
def test_force_color_colours_a_pipe(apismith: Callable[..., Run], words: list[str]) -> None:
    done = apismith(*words, FORCE_COLOR="1")
    assert "\033[" in done.out + done.err


def test_no_color_is_stronger(apismith: Callable[..., Run]) -> None:
    assert "\033" not in apismith(*DRY, FORCE_COLOR="1", NO_COLOR="1").out
    assert "\033" in apismith(*DRY, FORCE_COLOR="1", NO_COLOR="").out


def test_the_flag_is_stronger_than_the_environment(apismith: Callable[..., Run]) -> None:
    assert "\033" in apismith(*DRY, "--color", "always", NO_COLOR="1").out
    assert "\033" not in apismith(*DRY, "--color", "never", FORCE_COLOR="1").out
    assert "\033" not in apismith("new", "--databse", "--color", "never", FORCE_COLOR="1").err
    assert "\033" in apismith(*DRY, APISMITH_COLOR="always").out


def test_json_is_never_coloured(apismith: Callable[..., Run]) -> None:
    assert "\033" not in apismith(*DRY, "--json", "--color", "always").out


def on_a_terminal(tmp_path: Path, environment: dict[str, str], *words: str) -> str:
    pexpect = pytest.importorskip("pexpect")
    return str(
        pexpect.run(
            subprocess.list2cmdline([*COMMAND, *words]),
            cwd=str(tmp_path),
            env=environment,
            encoding="utf-8",
            timeout=60,
        )
    )


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
def test_a_terminal_gets_colour_unless_it_is_dumb(tmp_path: Path, environment: dict[str, str]) -> None:
    assert "\033[" in on_a_terminal(tmp_path, environment, *DRY)
    assert "\033" not in on_a_terminal(tmp_path, environment | {"TERM": "dumb"}, *DRY)
    assert "\033" not in on_a_terminal(tmp_path, environment | {"NO_COLOR": "1"}, *DRY)


# Start, network, completion -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["new", "--help"]], ids=str)
def test_help_and_version_load_nothing_heavy(environment: dict[str, str], words: list[str]) -> None:
    code = dedent(f"""
        import contextlib, io, json, sys
        from apismith.cli.run import run
        with contextlib.redirect_stdout(io.StringIO()):
            assert run({words}) == 0
        print(json.dumps(sorted(set(sys.modules) & set({HEAVY}))))
    """)
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_version_is_one_line(process: Callable[..., Run]) -> None:
    assert process("--version").out.startswith("apismith ")
    assert process("--version").out.count("\n") == 1


@pytest.mark.parametrize("words", SUCCESSES + FAILURES, ids=str)
def test_no_connection_is_opened(
    process: Callable[..., Run],
    tmp_path: Path,
    environment: dict[str, str],
    contract: Path,
    broken: Path,
    words: list[str],
) -> None:
    site = tmp_path.parent / f"{tmp_path.name}-site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        dedent(f"""
            import pathlib, sys

            def watch(event, arguments):
                if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
                    pathlib.Path({str(site / "seen")!r}).write_text(f"{{event}} {{arguments}}")

            sys.addaudithook(watch)
        """)
    )
    path = ":".join([str(site), *filter(None, [environment.get("PYTHONPATH")])])
    process(*filled(words, contract, broken), PYTHONPATH=path)
    assert not (site / "seen").exists()


def test_the_watch_on_connections_sees_one(tmp_path: Path) -> None:
    """Proves that the test before can fail."""
    seen = tmp_path / "seen"
    code = dedent(f"""
        import pathlib, socket, sys
        sys.addaudithook(lambda event, _: event == "socket.connect" and pathlib.Path({str(seen)!r}).write_text(event))
        socket.socket().connect_ex(("127.0.0.1", 9))
    """)
    subprocess.run([sys.executable, "-c", code], check=True)
    assert seen.read_text() == "socket.connect"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_there_is_a_completion_script_for_each_shell(apismith: Callable[..., Run], shell: str) -> None:
    done = apismith(_APISMITH_COMPLETE=f"source_{shell}")
    assert done.code == 0
    assert "_APISMITH_COMPLETE" in done.out


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("apismith d", {"diagram", "doctor"}),
        ("apismith new --dat", {"--database"}),
        ("apismith new --database p", {"postgres"}),
        ("apismith diagram --format ", {"svg", "mermaid"}),
        ("apismith doctor --color a", {"auto", "always"}),
    ],
)
def test_words_are_completed(apismith: Callable[..., Run], typed: str, offered: set[str]) -> None:
    words = typed.split(" ")
    done = apismith(_APISMITH_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=str(len(words) - 1))
    assert set(done.out.split()) == offered
