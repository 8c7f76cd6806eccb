"""Registering and logging in, as FastAPI's manual has it: Argon2 in the threads of `def` endpoints' pool.

Same cost of a hash as ours, the same rows. No limits, no strength of passwords, no mails.
"""

import secrets
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from fastapi import HTTPException
from fastapi.concurrency import run_in_threadpool
from joserfc import jwt
from joserfc.jwk import OKPKey
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bench.peers import bearer
from bench.peers.fastapi_orm.models import RefreshToken, Registration, SignIn, User

KEY = OKPKey.generate_key("Ed25519")
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
ACCESS, REFRESH = timedelta(minutes=15), timedelta(days=30)


class Credentials(BaseModel):
    email: str
    password: str


class NewAccount(Credentials):
    name: str


class Tokens(BaseModel):
    access_token: str
    refresh_token: str


async def log_in(session: AsyncSession, given: Credentials) -> Tokens:
    """Raises HTTPException for a wrong address or password."""
    user = await session.scalar(select(User).where(User.email == given.email.lower()))
    await session.close()  # no connection is held while a core hashes
    if user is None or not await run_in_threadpool(_same, user.password_hash, given.password):
        raise HTTPException(401)
    now, refresh = datetime.now(UTC), secrets.token_urlsafe(32)
    async with session.begin():
        sign_in = SignIn(
            id=uuid4(), tenant_id=user.tenant_id, user_id=user.id, expires_at=now + REFRESH
        )
        session.add(sign_in)
        await session.flush()
        hashed = sha256(refresh.encode()).digest()
        session.add(RefreshToken(hash=hashed, tenant_id=user.tenant_id, sign_in_id=sign_in.id))
    return Tokens(access_token=_access(user.id), refresh_token=refresh)


async def register(session: AsyncSession, given: NewAccount) -> None:
    hashed = await run_in_threadpool(HASHER.hash, given.password)
    async with session.begin():
        tenant = await session.scalar(select(User.tenant_id).limit(1))
        now = datetime.now(UTC)
        session.add(
            Registration(
                id=uuid4(),
                tenant_id=tenant,
                email=given.email.lower(),
                password_hash=hashed,
                name=given.name,
                created_at=now,
                expires_at=now + timedelta(days=1),
            )
        )


def _same(kept: str, password: str) -> bool:
    try:
        return HASHER.verify(kept, password)
    except VerifyMismatchError:
        return False


def _access(user_id: UUID) -> str:
    end = time.time() + ACCESS.total_seconds()
    claims = {"sub": str(user_id), "aud": bearer.AUDIENCE, "exp": end}
    return jwt.encode({"alg": "EdDSA"}, claims, KEY, algorithms=["EdDSA"])
