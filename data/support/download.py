"""Downloads of files of the ARTS release, with a check of their SHA-256, and of Hugging Face repositories."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from arts.data.errors import DataError, DownloadError, system_fault
from arts.data.support.atomic import cache_home
from arts.data.support.cache import cached_file

logger = logging.getLogger(__name__)

COMMIT = "bb725433ec49a89cfed221e8b0b72a6a1053282a"
BASE_URL = f"https://raw.githubusercontent.com/zhijing-jin/ARTS_TestSet/{COMMIT}/"


@cache
def release_checksums() -> dict[str, str]:
    """The SHA-256 (hexadecimal) of each file of the ARTS release, keyed by its path in the release."""
    lines = files("arts.data").joinpath("ARTS_TestSet.sha256").read_text("utf-8").splitlines()
    return {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}


def sha256(path: Path) -> str:
    """The SHA-256 (hexadecimal) of the content of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch_release_file(name: str, *, base_url: str = BASE_URL, verify: bool = True) -> Path:
    """The local path of a file of the ARTS release, which is downloaded if it is not on this machine.

    Args:
        name: the path of the file in the release, e.g. ``data/src_data/laptop/train.json``.
        base_url: the URL that `name` is appended to for a download.
        verify: whether a file in the folder that `ARTS_DATA_HOME` names must be the released one; False when
            the caller checks its content. A downloaded file is always checked.

    Raises:
        DataError: when the environment variable `ARTS_DATA_HOME` names no folder, or the file in this folder
            differs from the released one.
        DownloadError: when the download fails, or what was downloaded is not the released file.
    """
    path = local_release_file(name, verify=verify)
    if path is None:
        path = _cache_path(name)
        _download(name, path, base_url=base_url, sha256_digest=release_checksums()[name])
    return path


def local_release_file(name: str, *, verify: bool = True) -> Path | None:
    """The path of a file of the ARTS release on this machine; None if it is not there.

    It is looked for in the copy of the release in the folder that the environment variable `ARTS_DATA_HOME`
    names, if it is set, and then in the cache.

    Args:
        name: the path of the file in the release, e.g. ``data/src_data/laptop/train.json``.
        verify: whether a file in the folder that `ARTS_DATA_HOME` names must be the released one.

    Raises:
        DataError: when `ARTS_DATA_HOME` is not a folder, or the file in it differs from the released one.
    """
    home = os.environ.get("ARTS_DATA_HOME")
    if home:
        if not Path(home).is_dir():
            raise DataError(home, "ARTS_DATA_HOME is not a folder")
        path = Path(home, name)
        if path.is_file():
            if verify and sha256(path) != release_checksums()[name]:
                raise DataError(
                    path,
                    f"is not the released file (SHA-256 {sha256(path)}, expected "
                    f"{release_checksums()[name]}); to use your own, pass its path as the dataset",
                )
            return path
    path = _cache_path(name)
    return path if path.is_file() and sha256(path) == release_checksums()[name] else None


def _cache_path(name: str) -> Path:
    return cache_home() / "ARTS_TestSet" / name


def _download(name: str, path: Path, *, base_url: str, sha256_digest: str) -> None:
    """Download a file to the cache, unless another run has just done so.

    Args:
        name: the path of the file in the release.
        path: the file to write.
        base_url: the URL that `name` is appended to.
        sha256_digest: the expected SHA-256 (hexadecimal) of the file.

    Raises:
        DownloadError: when the download fails, or the file has another SHA-256.
    """
    import pooch
    from requests import HTTPError, RequestException

    pooch.get_logger().setLevel(logging.WARNING)
    url, known_hash = base_url + name, f"sha256:{sha256_digest}"

    def retrieve(partial: Path) -> None:
        logger.info("downloading %s", url)
        pooch.retrieve(url, known_hash, fname=partial.name, path=partial.parent, progressbar=True)

    try:
        cached_file(path, retrieve, is_valid=lambda file: file.is_file() and sha256(file) == sha256_digest)
    except (RequestException, OSError) as error:
        reason = error if isinstance(error, HTTPError) else system_fault(error) or type(error).__name__
        raise DownloadError(f"{url} could not be downloaded ({reason}). {_offline_hint(name)}") from error
    except ValueError as error:  # pooch raises it for a wrong checksum, and removes the file
        raise DownloadError(
            f"{url}: what was downloaded is not the released file (expected SHA-256 {sha256_digest})"
        ) from error


def _offline_hint(name: str) -> str:
    """What to do without a network; where `ARTS_DATA_HOME` is set, which file is missing there."""
    if home := os.environ.get("ARTS_DATA_HOME"):
        return f"ARTS_DATA_HOME is set to {home}, which has no {name}"
    return "With no network, put the ARTS_TestSet repository in a folder and set ARTS_DATA_HOME to it"


def model_folder(name: str, patterns: Sequence[str], *, what: str) -> Path:
    """The local folder of a saved model, which is downloaded when it is a model on the Hugging Face Hub.

    Args:
        name: the path of a folder, or the id of a model on the Hub, which may end in ``@revision``.
        patterns: glob patterns of the files to download.
        what: the kind of model, for the error message, e.g. ``encoder``.

    Raises:
        DownloadError: when `name` is neither a folder nor a model that can be downloaded from the Hub.
    """
    if Path(name).is_dir():
        return Path(name)
    return hub_snapshot(name, patterns, what=f'{what} "{name}" is neither a folder nor to be had')


def hub_snapshot(
    name: str, patterns: Sequence[str], *, what: str, repo_type: Literal["model", "dataset"] = "model"
) -> Path:
    """The local copy of a repository of the Hugging Face Hub; missing files are downloaded.

    Args:
        name: the id of the repository, which may end in ``@revision``.
        patterns: glob patterns of the files that are needed.
        what: the beginning of the error message, e.g. ``encoder X cannot be had``; the message goes on with
            "from the Hugging Face Hub".
        repo_type: the kind of repository.

    Returns:
        The folder of the local copy.

    Raises:
        DownloadError: when there is no such repository, or the Hub cannot be reached.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    repository, _, revision = name.partition("@")
    try:
        folder = snapshot_download(
            repository, repo_type=repo_type, revision=revision or None, allow_patterns=list(patterns)
        )
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise DownloadError(f"{what} from the Hugging Face Hub ({_hub_reason(error)})") from error
    return Path(folder)


def _hub_reason(error: Exception) -> str:
    """Why there is nothing from the Hugging Face Hub, in a few words."""
    from huggingface_hub import constants, errors

    if isinstance(error, errors.HFValidationError):
        return "no such folder, and no id such as org/name"
    if isinstance(error.__cause__, errors.HfHubHTTPError):
        return f"which answers with the status {error.__cause__.response.status_code}"
    if isinstance(error, errors.LocalEntryNotFoundError):
        return "HF_HUB_OFFLINE is set" if constants.HF_HUB_OFFLINE else "which cannot be reached"
    if isinstance(error, errors.GatedRepoError):
        return "access to it has to be asked for there"
    if isinstance(error, errors.RepositoryNotFoundError):
        return "no such repository, or it is private"
    if isinstance(error, errors.RevisionNotFoundError):
        return "no such revision"
    return " ".join(str(error).split())[:200].split(". ")[0].rstrip(".")
