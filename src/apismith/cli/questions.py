"""The questions of `apismith new`, asked on a terminal; everywhere else their recommended answers are taken."""

import re
import sys
from collections.abc import Callable

from apismith.cli.terminal import terminal
from apismith.contract.shorthand import parse
from apismith.contract.sketch import QUESTIONS, Answers, Question
from apismith.errors import ApismithError, did_you_mean
from apismith.target import check_name

_BY_FLAG = {question.flag: question for question in QUESTIONS}


class NotAChoice(ApismithError):
    """An answer is none of the possible ones."""


def answers(
    name: str | None,
    database: str | None,
    auth: str | None,
    ids: str | None,
    entities: list[str] | None,
    *,
    ask: bool,
) -> Answers:
    """Complete what the flags left open.

    Args:
        ask: whether to ask; else the recommended answers are taken.
    """
    name = name or _answer("NAME", ask, check_name)
    database = database or _choice("--database", ask)
    auth = auth or _choice("--auth", ask)
    ids = ids or _choice("--ids", ask)
    if not entities and ask:
        accounts = auth == "jwt"
        answer = _answer("--entity", ask, lambda text: str(parse(_split(text), accounts=accounts)) and text)
        entities = [] if answer == _BY_FLAG["--entity"].default else _split(answer)
    return Answers(name, database, auth, ids, tuple(entities or ()))


def _split(text: str) -> list[str]:
    return [line.strip() for line in text.split(";") if line.strip()]


def _choice(flag: str, ask: bool) -> str:
    choices = _BY_FLAG[flag].choices

    def check(word: str) -> str:
        if word not in choices:
            raise NotAChoice(f"'{word}' is none of the answers.", hint=did_you_mean(word, choices))
        return word

    return _answer(flag, ask, check)


def _answer(flag: str, ask: bool, check: Callable[[str], str]) -> str:
    question = _BY_FLAG[flag]
    if not ask:
        return question.default
    _write(_explained(question))
    while True:
        _write(f"{terminal.paint(question.text, 'bold', sys.stderr)} [{question.default}]: ")
        line = sys.stdin.readline()
        if not line:
            raise KeyboardInterrupt
        try:
            return check(re.sub(r"\s+", " ", line).strip() or question.default)
        except ApismithError as error:
            terminal.fail(error)


def _explained(question: Question) -> str:
    width = max((len(choice) for choice in question.choices), default=0)
    lines = [f"  {choice:{width}}  {reason}" for choice, reason in question.choices.items()]
    return "\n".join(["", question.trade_off, *lines, ""])


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
