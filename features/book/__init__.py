"""The book of record: the canonical tables and how they lie in a folder of Parquet files."""
