"""What a child process is given of our environment: the system's own variables, and what its settings class lists."""

import os
from collections.abc import Mapping

from app.settings.base import ProcessSettings
from app.settings.files import file_variable_of, variable_of

SYSTEM = (
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TERM", "COLUMNS", "NO_COLOR",
    "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "VIRTUAL_ENV", "PYTHONPATH",
)  # fmt: skip


def environment_for(process: type[ProcessSettings], own: Mapping[str, str | None]) -> dict[str, str]:
    """The whole environment of a child of this kind. `own` sets fields (by name) over what ours says; None leaves one out."""
    given = {name: os.environ[name] for name in (*SYSTEM, *process.variables()) if name in os.environ}
    for field, value in own.items():
        for variable in (variable_of(field), file_variable_of(field)):
            given.pop(variable, None)
        if value is not None:
            given[variable_of(field)] = value
    return given | {"PYTHONUNBUFFERED": "1"}
