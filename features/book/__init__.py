"""The book of record: the canonical tables and how they lie in a folder of Parquet files."""

import sys

# pandera loads the whole of Spark wherever it is installed, seconds at every start; no table of ours is a Spark frame.
if "pyspark" not in sys.modules:
    sys.modules["pyspark"] = None  # type: ignore[assignment] # how Python marks what may not be imported
    import pandera.pandas  # noqa: F401 - loaded once, here

    del sys.modules["pyspark"]
