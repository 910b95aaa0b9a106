"""A small chat service: what a container needs around an application, and little application."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field

from .database import Messages
from .settings import Settings

settings = Settings()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.messages = await Messages.connect(settings) if settings.database_host else None
    yield
    if app.state.messages:
        await app.state.messages.close()


app = FastAPI(title="Chat", lifespan=lifespan)


class Question(BaseModel):
    message: str = Field(min_length=1, max_length=2000)


class Answer(BaseModel):
    reply: str
    message_id: int | None


def authenticated(bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> None:
    """Refuses every request while no token is configured: a forgotten setting opens nothing."""
    expected = settings.api_token()
    if not expected or not secrets.compare_digest(bearer.credentials.encode(), expected.encode()):
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "invalid token")


@app.get("/health")
async def health() -> dict[str, str]:
    """The process answers. The database is not asked: restarting this container would not mend it."""
    return {"status": "healthy"}


@app.get("/ready")
async def ready(request: Request) -> dict[str, str]:
    """The service can do its work, its database included."""
    messages: Messages | None = request.app.state.messages
    try:
        if messages:
            await messages.ping()
    except Exception as error:
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "database not reachable") from error
    return {"status": "ready"}


@app.post("/chat", dependencies=[Depends(authenticated)])
async def chat(question: Question, request: Request) -> Answer:
    messages: Messages | None = request.app.state.messages
    message_id = await messages.add(question.message) if messages else None
    return Answer(reply=f"You wrote {len(question.message.split())} words.", message_id=message_id)
