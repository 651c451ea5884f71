"""The user edits what is around the code: settings, dependencies, containers, texts, the layout."""

from tests.stories.conftest import LIMIT, PAGES, REVIEW, Story


def test_a_default_of_a_setting_stays(story: Story) -> None:
    story.edit("app/config.py", ("database_pool_size: PositiveInt = 5", "database_pool_size: PositiveInt = 50"))
    story.upgrade(
        (
            "app/config.py",
            "database_pool_recycle: PositiveInt = Field(default=1800,",
            "database_pool_recycle: PositiveInt = Field(default=900,",
        )
    )
    assert "database_pool_size: PositiveInt = 50" in story.text("app/config.py")
    assert "Field(default=900," in story.text("app/config.py")
    story.is_whole()


def test_a_setting_of_the_users_own_stays(story: Story) -> None:
    story.edit(
        "app/config.py", ("    docs_enabled: bool = True\n", "    docs_enabled: bool = True\n    shelves: int = 3\n")
    )
    story.append(".env.example", "\n# How many shelves there are\n# SHELVES=3\n")
    story.upgrade((".env.example", "# DATABASE_POOL_SIZE=5", "# DATABASE_POOL_SIZE=6"))
    assert "    shelves: int = 3\n" in story.text("app/config.py")
    assert "# SHELVES=3\n" in story.text(".env.example")
    assert "# DATABASE_POOL_SIZE=6\n" in story.text(".env.example")
    story.is_whole()


def test_a_dependency_of_the_users_own_stays_and_new_ones_come(story: Story) -> None:
    story.edit("pyproject.toml", ('    "pyjwt>=2.15,<3",\n', '    "pyjwt>=2.15,<3",\n    "rich>=14",  # for tables\n'))
    story.upgrade(
        ("pyproject.toml", '"redis>=8.1,<9"', '"redis>=8.2,<9"'),
        ("pyproject.toml", '    "structlog>=26.1",\n', '    "stamina>=26",\n    "structlog>=26.1",\n'),
    )
    text = story.text("pyproject.toml")
    assert '    "rich>=14",  # for tables\n' in text
    assert '    "redis>=8.2,<9",\n' in text
    assert '    "stamina>=26",\n' in text
    story.is_whole()


def test_a_table_of_the_users_own_in_pyproject_stays(story: Story) -> None:
    story.append("pyproject.toml", '\n[tool.mine]\nkey = "value"  # a comment\n')
    story.edit("pyproject.toml", ('version = "0.1.0"', 'version = "2.0.0"'))
    story.upgrade(("pyproject.toml", "branch = true\n", "branch = false\n"))
    text = story.text("pyproject.toml")
    assert 'key = "value"  # a comment' in text
    assert 'version = "2.0.0"' in text
    assert "branch = false" in text
    story.is_whole()


def test_a_service_of_the_users_own_in_compose_stays(story: Story) -> None:
    story.edit(
        "compose.yaml",
        ('    ports: ["8000:8000"]\n', '    ports: ["8080:8000"]  # ours\n'),
        ("\nvolumes:\n  data:\n", "\n  mail:\n    image: mailpit\n\nvolumes:\n  data:\n"),
    )
    story.upgrade(("compose.yaml", "    restart: unless-stopped\n", "    restart: always\n"))
    text = story.text("compose.yaml")
    assert 'ports: ["8080:8000"]  # ours' in text
    assert "restart: always" in text
    assert "image: mailpit" in text
    story.is_stable()


def test_an_edited_readme_takes_the_changes_of_other_lines(story: Story) -> None:
    text = story.text("README.md")
    story.write("README.md", text.replace("## Run it", "## About\n\nOurs.\n\n## Run it", 1) + "\nThe end.\n")
    story.upgrade(("README.md", "make dev ", "make serve "))
    assert "## About\n\nOurs.\n" in story.text("README.md")
    assert "make serve " in story.text("README.md")
    assert story.text("README.md").endswith("\nThe end.\n")
    story.is_whole()


def test_a_line_of_a_dockerfile_stays(story: Story) -> None:
    story.edit("Dockerfile", ("EXPOSE 8000\n", "EXPOSE 8000\nENV SHELF=1\n"))
    story.upgrade(("Dockerfile", "--uid 10001", "--uid 10002"))
    assert "ENV SHELF=1\n" in story.text("Dockerfile")
    assert "--uid 10002" in story.text("Dockerfile")
    story.is_whole()


def test_a_middleware_of_the_users_own_stays(story: Story) -> None:
    story.edit(
        "app/main.py",
        ("    app.state.settings = settings\n", "    app.state.settings = settings\n    app.state.mine = True\n"),
    )
    story.upgrade(("app/main.py", "        gc.set_threshold(10_000)\n", "        gc.set_threshold(20_000)\n"))
    assert "    app.state.mine = True\n" in story.text("app/main.py")
    assert "20_000" in story.text("app/main.py")
    story.is_whole()


# Layout ---------------------------------------------------------------------------------------------------------------


def test_a_project_with_shorter_lines_gets_shorter_lines(story: Story) -> None:
    story.edit("pyproject.toml", ("line-length = 120", "line-length = 88"))
    story.run("-m", "ruff", "format", "-q", "--no-cache", ".")
    story.evolve(PAGES, REVIEW)
    assert "pages: Mapped[int]" in story.text("app/models/books.py")
    assert "class Review(" in story.text("app/models/reviews.py")
    story.run("-m", "ruff", "format", "--check", "--no-cache", ".")
    story.is_whole()


def test_a_project_in_another_style_that_says_nothing_of_it_keeps_it(story: Story) -> None:
    words = ("--config", "line-length = 88", "--config", "format.quote-style = 'single'")
    story.run("-m", "ruff", "format", "-q", "--no-cache", *words, "app")
    story.evolve(PAGES)
    assert "'pages': body.pages," in story.text("app/repositories/books.py")
    story.run("-m", "ruff", "format", "--check", "--no-cache", *words, "app")
    story.is_whole()


def test_a_file_with_the_line_ends_of_windows_keeps_them(story: Story) -> None:
    path = story.folder / "app/models/books.py"
    path.write_bytes(path.read_bytes().replace(b"Something to read.", b"Something to read!").replace(b"\n", b"\r\n"))
    story.evolve(PAGES)
    content = path.read_bytes()
    assert b"pages: Mapped[int]" in content
    assert content.count(b"\r\n") == content.count(b"\n")
    story.is_whole()


def test_what_nobody_has_edited_is_as_a_fresh_render(story: Story) -> None:
    from tests.stories.conftest import rendered

    story.evolve(PAGES, REVIEW, LIMIT)
    files = rendered(story.contract)[1]
    other = [path for path, content in files.items() if (story.folder / path).read_bytes() != content]
    # Migrations are history.
    assert other == ["migrations/versions/0001_initial.py"]
    story.is_whole()


def test_an_evolution_without_a_change_writes_nothing(story: Story) -> None:
    story.append("README.md", "\nMine.\n")
    evolution = story.evolve()
    assert not evolution.operation.changes.effective
    assert not list((story.folder / ".apismith").glob("undo/*"))
