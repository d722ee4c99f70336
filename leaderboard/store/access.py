"""What visitors may do: on a public board they only read, unless its owner lets them train and submit."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

READ_ONLY, WRITABLE = "--read-only", "--no-read-only"


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach an app at an address; names other than localhost count as public.

    Example:
        >>> is_loopback("localhost"), is_loopback("127.0.0.2"), is_loopback("0.0.0.0"), is_loopback("")
        (True, True, False, False)
    """
    try:
        return address == "localhost" or ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def access_argument(address: str, read_only: bool | None) -> str:
    """The app's command-line argument that says whether visitors only read.

    Args:
        address: The address that the app listens on.
        read_only: What the owner of the board wants; None for what suits the address.
    """
    return READ_ONLY if (not is_loopback(address) if read_only is None else read_only) else WRITABLE


def is_read_only(arguments: Sequence[str], address: str | None) -> bool:
    """Whether visitors of an app only read.

    Args:
        arguments: Command-line arguments of the app; without one of `access_argument`, the address decides.
        address: The address that the app listens on; None for all of the machine's.
    """
    if {READ_ONLY, WRITABLE} & set(arguments):
        return READ_ONLY in arguments
    return not is_loopback(address or "")
