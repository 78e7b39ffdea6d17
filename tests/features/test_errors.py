import pytest

from features.errors import (
    BolangguError,
    CallerError,
    ConfigError,
    DataError,
    FileError,
    MappingError,
    UnavailableError,
)


def test_an_error_is_one_line_that_names_object_value_cause_and_remedy():
    error = FileError("file", "a.csv", "is\nempty", "name another")
    assert str(error) == "file a.csv: is empty; name another"
    assert (error.subject, error.value, error.cause, error.remedy) == ("file", "a.csv", "is\nempty", "name another")


def test_an_error_about_no_single_value_leaves_it_out():
    assert str(DataError("rows", None, "are too few", "load more")) == "rows: are too few; load more"


@pytest.mark.parametrize(
    ("kind", "code"),
    [(BolangguError, 1), (UnavailableError, 1), (CallerError, 2), (ConfigError, 2), (MappingError, 2), (DataError, 2)],
)
def test_who_can_mend_it_decides_the_exit_code(kind, code):
    assert kind.exit_code == code
