import psycopg

from serving.database.queries import queries


def test_every_statement_has_a_name_and_is_accepted_by_the_server(database):
    with psycopg.connect(database) as connection:
        connection.execute(queries()["rates_table"])
        for name, statement in queries().items():
            if statement.startswith(("CREATE", "COPY")):
                continue  # only queries can be prepared; these are run by the tests of what they serve
            # A prepared statement is parsed and planned against the real tables, and not run.
            numbered, position = "", 0
            for part in _placeholders(statement):
                numbered += part if part is not None else f"${(position := position + 1)}"
            connection.execute(f"PREPARE check_{name} AS {numbered}")


def _placeholders(statement):
    import re

    return [None if part.startswith("%") else part for part in re.split(r"(%\(\w+\)s|%s)", statement)]
