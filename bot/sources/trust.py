"""Which authorities are trusted for HTTPS."""

from __future__ import annotations

import ssl
from pathlib import Path

import certifi

_USUAL = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, Red Hat
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS, the BSDs
)


def authorities() -> str:
    """A file of authorities: ``SSL_CERT_FILE``, else OpenSSL's own, else the system's at a usual place, else certifi's.

    A file and not a folder: libcurl keeps a file's authorities in memory, and reads a folder for each connection.
    """
    named = ssl.get_default_verify_paths().cafile  # respects SSL_CERT_FILE, and is None when there is no such file
    return named or next((file for file in _USUAL if Path(file).is_file()), None) or certifi.where()
