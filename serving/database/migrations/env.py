"""What alembic runs to migrate: one transaction on a plain psycopg connection."""

from alembic import context
from sqlalchemy import NullPool, create_engine

url: str = context.config.attributes["url"]
engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)
with engine.begin() as connection:
    context.configure(connection=connection, transactional_ddl=True)
    with context.begin_transaction():
        # Two processes that start at once must not migrate at once.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('bolanggu migrations'))")
        context.run_migrations()
