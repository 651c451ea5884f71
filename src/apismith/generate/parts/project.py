"""The project around the application: files that bear the backend's name, and what databases and ids differ in."""

from apismith.generate.plan import Part, register

register(
    Part(
        "project",
        when=lambda contract: True,
        project=(
            "pyproject.toml",
            "AGENTS.md",
            "compose.yaml",
            "Dockerfile",
            "Makefile",
            "alembic.ini",
            "requirements.lock",
        ),
    )
)
register(Part("ids-uuid", when=lambda contract: contract.database.ids == "uuid", replaces=True))
register(Part("sqlite", when=lambda contract: contract.database.kind == "sqlite", replaces=True))
