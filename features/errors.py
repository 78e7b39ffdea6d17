"""The errors that Bolanggu raises, drawn as a tree.

BolangguError            something went wrong, ours unless a branch says otherwise (exit 1)
├── CallerError          the caller can mend it (exit 2)
│   ├── FileError        a file is missing, empty, of another kind or encoding
│   ├── BookError        a book breaks the canonical tables
│   ├── ConfigError      a configuration or policy file is not as it should be
│   │   └── MappingError a mapping file says what cannot be done
│   └── DataError        the data is too small, too young or too one-sided for what is asked
└── UnavailableError     something that we rely on does not answer (database, registry)

Every error names four things: the object, its value, the cause and the remedy.
Nothing here knows of HTTP or of exit codes beyond the two that the command line promises.
"""

from typing import ClassVar


class BolangguError(Exception):
    """Something went wrong inside Bolanggu."""

    exit_code: ClassVar[int] = 1

    def __init__(self, subject: str, value: object, cause: str, remedy: str) -> None:
        """Keep the four facts; `str()` of the error is one line made of them."""
        super().__init__(subject, value, cause, remedy)
        self.subject = subject
        self.value = value
        self.cause = cause
        self.remedy = remedy

    def __str__(self) -> str:
        shown = "" if self.value is None else f" {self.value!s}"
        return " ".join(f"{self.subject}{shown}: {self.cause}; {self.remedy}".split())


class CallerError(BolangguError):
    """The caller asked for what cannot be done, and can mend it."""

    exit_code = 2


class FileError(CallerError):
    """A file is missing, empty, of another kind or in another encoding."""


class BookError(CallerError):
    """A book does not keep to the canonical tables."""


class ConfigError(CallerError):
    """A configuration or policy file is not as it should be."""


class MappingError(ConfigError):
    """A mapping file says what cannot be done."""


class DataError(CallerError):
    """The data is too small, too young or too one-sided for what is asked."""


class UnavailableError(BolangguError):
    """Something that we rely on does not answer."""
