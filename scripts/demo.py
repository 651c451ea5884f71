"""Generate the example backend, migrate and seed its database, and serve it: what `make demo` does.

The backend runs with this interpreter, in whose environment its dependencies are installed, and on a database of its
own. Everything is made in one folder, which each run makes anew.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ARTICLE = {"title": "Written with curl", "body": "The first article of this backend."}
# Settings of the backend are read from the environment: what the shell has for other projects stays out.
INHERITED = ("HOME", "LANG", "LC_ALL", "PATH", "SYSTEMROOT", "TEMP", "TERM", "TMPDIR")
# Whoever wants to attack the demo may raise them: RATE_LIMIT=100000/minute make demo
INHERITED += ("RATE_LIMIT", "RATE_LIMIT_LOGIN")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--folder", type=Path, default=ROOT / ".demo", help="is emptied first; by default .demo")
    options = parser.parse_args()
    if is_taken(options.port):
        print(f"Port {options.port} is in use. Take another one: make demo PORT={options.port + 1}", file=sys.stderr)
        return 2
    try:
        backend = options.folder.resolve() / "conduit"
        login, password = generate(backend)
        return serve(backend, options.port, login, password)
    except subprocess.CalledProcessError as error:
        print(f"\nThis command failed, so there is no demo: {shlex.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def generate(backend: Path) -> tuple[str, str]:
    """Make the backend and its database; answers what to log in with."""
    shutil.rmtree(backend, ignore_errors=True)
    backend.parent.mkdir(parents=True, exist_ok=True)
    step(ROOT, "apismith", "new", shown(backend), "--contract", "examples/conduit.py", "--no-git", "--quiet")
    step(backend, "alembic", "upgrade", "head")
    seeded = step(backend, "app.manage", "seed")
    account = re.search(r"^Log in as (.+) with the password (.+)$", seeded, re.MULTILINE)
    if account is None:
        raise SystemExit(f"'seed' does not say what to log in with:\n{seeded}")
    return account[1], account[2]


def step(folder: Path, module: str, *arguments: str) -> str:
    """Run one command and show it; what it prints is shown when it fails, and answered else."""
    print(f"$ {module if module != 'app.manage' else 'python -m app.manage'} {shlex.join(arguments)}", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        print(done.stdout, end="", file=sys.stderr)
        done.check_returncode()
    return done.stdout


def serve(backend: Path, port: int, login: str, password: str) -> int:
    print(f"$ uvicorn app.main:app --port {port}\n", flush=True)
    with (backend / "server.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(port)],
            cwd=backend,
            env=environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            base = f"http://127.0.0.1:{port}"
            if not answers(f"{base}/health/ready", server):
                print((backend / "server.log").read_text(encoding="utf-8"), end="", file=sys.stderr)
                return 1
            print(f"Code        {shown(backend)}")
            introduce(base, login, password)
            return server.wait()
        finally:
            server.terminate()
            server.wait()


def answers(url: str, server: "subprocess.Popen[bytes]") -> bool:
    """Wait until the backend answers, or cannot any more."""
    deadline = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return True
        except OSError:
            time.sleep(0.1)
    return False


def log_in(base: str, login: str, password: str) -> str:
    """An access token of the demo account."""
    form = urllib.parse.urlencode({"username": login, "password": password})
    return str(post(f"{base}/api/v1/auth/token", form, "application/x-www-form-urlencoded")["access_token"])


def post(url: str, body: str, kind: str) -> dict[str, object]:
    request = urllib.request.Request(url, body.encode(), {"Content-Type": kind})
    with urllib.request.urlopen(request, timeout=10) as response:
        answer: dict[str, object] = json.load(response)
    return answer


def introduce(base: str, login: str, password: str) -> None:
    create = [
        "curl",
        "-i",
        f"{base}/api/v1/articles",
        "-H",
        f"Authorization: Bearer {log_in(base, login, password)}",
        "-H",
        "Content-Type: application/json",
        "-d",
        json.dumps(ARTICLE),
    ]
    print(f"Docs        {base}/docs")
    print(f"Demo user   {login}  password: {password}\n")
    print(f"Write an article; the token in it is good for 15 minutes:\n\n  {shlex.join(create)}\n")
    print(f"Read what there is:\n\n  curl -i '{base}/api/v1/articles?limit=5'\n")
    print("Ctrl-C stops the backend.", flush=True)


def shown(path: Path) -> str:
    """A path as short as it can be said from the project."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def environment() -> dict[str, str]:
    return {name: os.environ[name] for name in INHERITED if name in os.environ}


if __name__ == "__main__":
    sys.exit(main())
