"""The triggers of tables whose rows nobody changes or deletes, as the source text of migrations.

They are written out in the migration itself: it must run as long as there is a history, whatever the backend is then.
"""

from typing import Final

from apismith.generate.code import block, call, literal

_IS_POSTGRES: Final = 'if op.get_context().dialect.name == "postgresql":'
_ROUTINE: Final = "refuse_change()"


def guarded(table: str) -> str:
    """The statement that makes the database refuse to change and delete rows, whoever asks."""
    routine = (
        f"CREATE FUNCTION {_ROUTINE} RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    postgres = [
        routine,
        _trigger(table, "change", "UPDATE OR DELETE", f"FOR EACH ROW EXECUTE FUNCTION {_ROUTINE}"),
        _trigger(table, "truncate", "TRUNCATE", f"FOR EACH STATEMENT EXECUTE FUNCTION {_ROUTINE}"),
    ]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    sqlite = [_trigger(table, event.lower(), event, refuse) for event in ("UPDATE", "DELETE")]
    return f"{block(_IS_POSTGRES, [_run(sql) for sql in postgres])}\n{block('else:', [_run(sql) for sql in sqlite])}"


def unguarded() -> str:
    """The statement that takes away what dropping the table leaves."""
    return block(_IS_POSTGRES, [_run(f"DROP FUNCTION {_ROUTINE}")])


def _trigger(table: str, name: str, event: str, what: str) -> str:
    return f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table} {what}"


def _run(sql: str) -> str:
    text = literal(sql)
    return f"op.execute{text}" if text.startswith("(") else call("op.execute", text)
