"""Everything that differs between two installations, read and checked before anything starts.

`model` has the fields; `kinds`, `values`, `addresses` and `database_url` say what each may hold,
`reading` where they are found, `dangers` what a server must not have, `key_file` changes a file of keys.
"""

from skillbridge.settings.addresses import HttpUrl, Origin, PublicUrl, RedisUrl, SmtpUrl
from skillbridge.settings.dangers import unsafe
from skillbridge.settings.database_url import DatabaseUrl
from skillbridge.settings.key_file import rewriting
from skillbridge.settings.model import LOCAL_KEY, Settings, variable
from skillbridge.settings.reading import UnsafeSettings, file_of, load, read_dotenv
from skillbridge.settings.urls import is_loopback
from skillbridge.settings.values import (
    ApiKey,
    Network,
    Secret,
    Sender,
)

__all__ = [
    "LOCAL_KEY",
    "ApiKey",
    "DatabaseUrl",
    "HttpUrl",
    "Network",
    "Origin",
    "PublicUrl",
    "RedisUrl",
    "Secret",
    "Sender",
    "Settings",
    "SmtpUrl",
    "UnsafeSettings",
    "file_of",
    "is_loopback",
    "load",
    "read_dotenv",
    "rewriting",
    "unsafe",
    "variable",
]
