"""The way of templates with SQLModel: synchronous sessions in threads, a count beside each page, related rows if asked.

A page embeds the author of each post by its relationship, which is one more statement for each.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.middleware.cors import CORSMiddleware
from sqlalchemy import DateTime
from sqlmodel import Field, Relationship, Session, SQLModel, col, create_engine, func, select

from benchmarks.backends.servers.common import DATABASE, POOL, Status, account_of

engine = create_engine(
    DATABASE.replace("postgresql://", "postgresql+psycopg://") or "postgresql+psycopg://",
    pool_size=POOL,
    max_overflow=0,
)
app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://bench.example"], allow_methods=["*"], allow_headers=["*"])


def utcnow() -> datetime:
    return datetime.now(UTC)


class UserPublic(SQLModel):
    id: int
    username: str


class User(SQLModel, table=True):
    __tablename__ = "users"
    id: int | None = Field(default=None, primary_key=True)
    username: str
    role: str


class TextBase(SQLModel):
    title: str = Field(min_length=1, max_length=200)
    body: str = Field(max_length=10_000)
    status: str = "draft"


class TextCreate(TextBase):
    author_id: int = Field(gt=0)
    status: Status = Status.draft


class Post(TextBase, table=True):
    __tablename__ = "posts"
    id: int | None = Field(default=None, primary_key=True)
    author_id: int = Field(foreign_key="users.id")
    created_at: datetime = Field(default_factory=utcnow, sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(default_factory=utcnow, sa_type=DateTime(timezone=True))
    author: User = Relationship()


class Memo(TextBase, table=True):
    __tablename__ = "memos"
    id: int | None = Field(default=None, primary_key=True)
    author_id: int = Field(foreign_key="users.id")
    created_at: datetime = Field(default_factory=utcnow, sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(default_factory=utcnow, sa_type=DateTime(timezone=True))
    author: User = Relationship()


class TextPublic(TextBase):
    id: int
    author: UserPublic
    created_at: datetime
    updated_at: datetime


class TextsPublic(SQLModel):
    data: list[TextPublic]
    count: int


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]


def get_user(session: SessionDep, authorization: Annotated[str | None, Header()] = None) -> User:
    account = account_of(authorization)
    user = session.get(User, account) if account is not None else None
    if user is None:
        raise HTTPException(401)
    return user


@app.get("/health")
async def health() -> bool:
    return True


@app.get("/posts", response_model=TextsPublic)
def read_posts(session: SessionDep, offset: int = 0, limit: int = 100) -> Any:
    count = session.exec(select(func.count()).select_from(Post)).one()
    statement = select(Post).order_by(col(Post.created_at).desc(), col(Post.id).desc()).offset(offset).limit(limit)
    posts = session.exec(statement).all()
    return TextsPublic(data=[TextPublic.model_validate(post) for post in posts], count=count)


@app.get("/posts/{id}", response_model=TextPublic)
def read_post(session: SessionDep, id: int) -> Any:
    post = session.get(Post, id)
    if post is None:
        raise HTTPException(404)
    return post


@app.get("/memos/{id}", response_model=TextPublic)
def read_memo(session: SessionDep, user: Annotated[User, Depends(get_user)], id: int) -> Any:
    memo = session.get(Memo, id)
    if memo is None:
        raise HTTPException(404)
    return memo


@app.post("/posts", response_model=TextPublic, status_code=201)
def create_post(*, session: SessionDep, text: TextCreate) -> Any:
    post = Post.model_validate(text)
    session.add(post)
    session.commit()
    session.refresh(post)
    return post
