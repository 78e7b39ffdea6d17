"""What the demo shows of models: what the registry holds, a look for drift, and a promotion that waits for a senior."""

import asyncio

from psycopg.types.json import Jsonb

from serving.access.principal import Principal
from serving.database.pool import Connection, open_pool, run
from serving.database.queries import query
from serving.models.ask import ask_promotion
from serving.models.changes import PromotionAsk
from serving.models.kept import keep
from serving.models.registry import DriftFound, Reading
from serving.settings import Settings

_MODELLER = Principal("mo.ran", "modeller")
_REASON = "One score card that every underwriter can read, instead of trees; as good within the tolerance"
_OVER_A_GATE = "One score card that every underwriter can read, instead of trees; the report tells what that costs"


def tell_of_models(url: str, settings: Settings, reading: Reading, drift: DriftFound) -> dict[str, object]:
    """Keep what the registry holds and what moved, and ask for the newest challenger, where there is one."""

    async def all_of_it() -> dict[str, object]:
        async with open_pool(url, settings) as pool:

            async def write(connection: Connection) -> None:
                async with connection.transaction():
                    await keep(connection, reading)
                    await connection.execute(query("add_look"), [Jsonb(drift.model_dump(mode="json")), _MODELLER.name])
                    await connection.execute(query("end_work"), {"work": "read", "fault": None})

            await run(pool, write)
            newest = reading.versions[0]
            if newest.version == reading.champion:
                return {"versions": len(reading.versions), "challenger": None}
            judged = next(each for each in reading.judged if each.run_id == newest.run_id)
            is_override = bool(judged.failed)
            reason = _OVER_A_GATE if is_override else _REASON
            ask = PromotionAsk(event_id="demo-promotion", reason=reason, override=is_override)
            await ask_promotion(pool, _MODELLER, newest.version, ask)
            return {"versions": len(reading.versions), "challenger": newest.version, "fails": list(judged.failed)}

    return asyncio.run(all_of_it())
