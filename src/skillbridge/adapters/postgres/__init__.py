"""PostgreSQL: Core builds the statements, asyncpg runs them, policies guard the rows."""
