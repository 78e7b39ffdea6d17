"""What the database knows of the service's health, read at each scrape of its metrics."""

from dataclasses import asdict, dataclass

from prometheus_client import CollectorRegistry, Gauge
from psycopg.rows import class_row

from serving.database.pool import Connection, Pool, run
from serving.database.queries import query


@dataclass(frozen=True, slots=True)
class State:
    """Figures of the ledger now.

    Attributes:
        facts_waiting, facts_lag_seconds: new facts that wait to be weighed, and how long the oldest has.
        expiry_lag_seconds: how long ago reservations were last swept; none where they never were.
        limit_age_seconds: since the newest run set limits; none where none ever did.
        limit_model: version of the model that it used.
    """

    facts_waiting: int
    facts_lag_seconds: float
    expiry_lag_seconds: float | None
    limit_age_seconds: float | None
    limit_model: str | None


_MEANING = {
    "facts_waiting": "new facts about buyers that wait to be weighed",
    "facts_lag_seconds": "age of the oldest of them",
    "expiry_lag_seconds": "time since the end of the last sweep of reservations",
    "limit_age_seconds": "time since the last run set limits",
}


async def read_state(pool: Pool) -> State:
    """Read the figures.

    Raises:
        UnavailableError: the database does not answer.
    """

    async def ask(connection: Connection) -> State:
        async with connection.cursor(row_factory=class_row(State)) as cursor:
            await cursor.execute(query("service_state"))
            state = await cursor.fetchone()
            assert state is not None, "the query gives one row"
            return state

    return await run(pool, ask)


def collected(state: State, champion: str | None) -> CollectorRegistry:
    """Give the figures as metrics; what does not exist yet is left out."""
    registry = CollectorRegistry()
    figures = asdict(state)
    for name, meaning in _MEANING.items():
        if figures[name] is not None:
            Gauge(f"bolanggu_{name}", meaning, registry=registry).set(figures[name])
    models = Gauge("bolanggu_model", "versions of models: of the champion, of the limits", ["of", "version"],
                   registry=registry)  # fmt: skip
    for use, version in (("champion", champion), ("limits", state.limit_model)):
        if version is not None:
            models.labels(use, version).set(1)
    return registry
