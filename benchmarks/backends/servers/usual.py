"""FastAPI with an `AsyncSession` for each request, entities and `selectinload`: the usual way."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Query
from sqlalchemy import DateTime, ForeignKey, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, joinedload, mapped_column, relationship, selectinload

from benchmarks.backends.servers.common import (
    DATABASE,
    POOL,
    TextIn,
    TextOut,
    TextPage,
    account_of,
    decode_cursor,
    encode_cursor,
)

engine = create_async_engine(
    DATABASE.replace("postgresql://", "postgresql+asyncpg://") or "postgresql+asyncpg://",
    pool_size=POOL,
    max_overflow=0,
)
new_session = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


def utcnow() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    username: Mapped[str]
    role: Mapped[str]


class Text:
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[str]
    status: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)

    @declared_attr
    def author(self) -> Mapped[User]:
        return relationship(User)


class Post(Text, Base):
    __tablename__ = "posts"


class Memo(Text, Base):
    __tablename__ = "memos"


async def get_session() -> AsyncIterator[AsyncSession]:
    async with new_session() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]


async def get_user(session: Session, authorization: Annotated[str | None, Header()] = None) -> User:
    account = account_of(authorization)
    user = await session.get(User, account) if account is not None else None
    if user is None:
        raise HTTPException(401)
    return user


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/posts/{id}", response_model=TextOut)
async def read_post(id: int, session: Session) -> Post:
    post = await session.get(Post, id, options=[joinedload(Post.author)])
    if post is None:
        raise HTTPException(404)
    return post


@app.get("/memos/{id}", response_model=TextOut)
async def read_memo(id: int, user: Annotated[User, Depends(get_user)], session: Session) -> Memo:
    memo = await session.get(Memo, id, options=[joinedload(Memo.author)])
    if memo is None:
        raise HTTPException(404)
    return memo


@app.get("/posts", response_model=TextPage)
async def list_posts(
    session: Session, limit: Annotated[int, Query(ge=1, le=100)] = 20, cursor: str | None = None
) -> dict[str, object]:
    statement = (
        select(Post).options(selectinload(Post.author)).order_by(Post.created_at.desc(), Post.id.desc()).limit(limit)
    )
    if cursor is not None:
        statement = statement.where(tuple_(Post.created_at, Post.id) < decode_cursor(cursor))
    posts = (await session.scalars(statement)).all()
    return {"items": posts, "next_cursor": encode_cursor(posts[-1].created_at, posts[-1].id) if posts else None}


@app.post("/posts", response_model=TextOut, status_code=201)
async def create_post(body: TextIn, session: Session) -> Post:
    post = Post(**body.model_dump(mode="json"))
    session.add(post)
    await session.commit()
    await session.refresh(post, ["author"])
    return post
