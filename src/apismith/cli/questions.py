"""The questions of `apismith new`, asked on a terminal; everywhere else their recommended answers are taken."""

import sys
from typing import Any

from apismith.api import QUESTIONS, Answers, Question, sketch_lines
from apismith.cli.terminal import terminal
from apismith.errors import ApismithError


def answers(given: dict[str, Any], *, ask: bool) -> Answers:
    """Complete what the flags left open.

    Args:
        given: what the flags say, by the attributes of `Answers`; None or empty where they say nothing.
        ask: whether to ask for the rest; else the recommended answers are taken.
    """
    complete = {name: value for name, value in given.items() if value}
    for question in QUESTIONS:
        if question.answer not in complete:
            accounts = complete.get("auth") != "none"
            complete[question.answer] = _ask(question, accounts) if ask else question.default
    sketches = complete.pop("entities")
    if isinstance(sketches, str):
        sketches = () if sketches == QUESTIONS[-1].default else sketch_lines(sketches)
    return Answers(**complete, entities=tuple(sketches))


def _ask(question: Question, accounts: bool) -> str:
    width = max((len(choice) for choice in question.choices), default=0)
    choices = [f"  {word:{width}}  {reason}" for word, reason in question.choices.items()]
    _write("\n".join(["", question.trade_off, *choices, ""]))
    while True:
        _write(f"{terminal.paint(question.text, 'bold', sys.stderr)} [{question.default}]: ")
        line = sys.stdin.readline()
        if not line:
            raise KeyboardInterrupt
        try:
            return question.read(line, accounts=accounts)
        except ApismithError as error:
            terminal.fail(error)


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
