"""FastAPI, pydantic and the SQLAlchemy ORM on asyncpg."""
