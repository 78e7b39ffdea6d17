from features.book.reference import PAGE, page
from features.book.tables import TABLES


def test_the_page_says_what_the_definition_says():
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_column_has_its_unit_and_meaning_in_the_schema():
    for table in TABLES.values():
        for name, column in table.schema.columns.items():
            assert column.metadata["unit"]
            assert column.description
            assert f"| {name} | {column.metadata['unit']} |" in page()
