"""Scores of many buyers at once: from a snapshot's table to a table of PD, LGD and EAD."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.errors import CallerError, FileError
from features.files import replace_file
from models.champion import Champion
from models.decision.book import assess


def score(champion: Champion, seen: pa.Table) -> pa.Table:
    """Score every row of a snapshot.

    Returns:
        buyer_id, as_of, pd and, where the model has them, lgd and ead; the model's version is in the metadata.
    """
    found = assess(champion.bundle, seen, reasons=False)
    told = {"buyer_id": seen["buyer_id"], "as_of": seen["as_of"], "pd": pa.array(found.pd)}
    told |= {name: pa.array(part) for name, part in (("lgd", found.lgd), ("ead", found.ead)) if part is not None}
    return pa.table(told).replace_schema_metadata({"model_version": champion.version})


def read_snapshot(file: Path, champion: Champion) -> pa.Table:
    """Read what a model needs of a file that `bolanggu snapshot` wrote.

    Raises:
        FileError: the file cannot be read, or lacks a column.
    """
    wanted = ["buyer_id", "as_of", *champion.bundle.features]
    try:
        missing = sorted(set(wanted) - set(pq.read_schema(file).names))
        if not missing:
            return pq.read_table(file, columns=wanted)
    except (OSError, pa.ArrowInvalid) as error:
        cause = f"cannot be read as Parquet ({str(error).splitlines()[0]})"
        raise FileError("snapshot", file, cause, "name a file that `bolanggu snapshot` wrote") from error
    remedy = "make the snapshot with the program that trained the model"
    raise FileError("snapshot", file, f"lacks {', '.join(missing)}", remedy)


def write_scores(scores: pa.Table, file: Path) -> None:
    """Write scores as Parquet, whole or not at all.

    Raises:
        CallerError: the file cannot be written.
    """
    try:
        with replace_file(file) as fresh:
            pq.write_table(scores, fresh)
    except OSError as error:
        raise CallerError("scores", file, f"cannot be written ({error})", "name another file") from error
