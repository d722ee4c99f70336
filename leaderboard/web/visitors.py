"""What the visitors of the running app may do, and how often."""

from __future__ import annotations

import sys

import streamlit as st

from arts.leaderboard.store.access import is_read_only
from arts.leaderboard.store.rate_limit import MOST_OF_ALL, MOST_OF_ONE, RateLimit

READ_ONLY_REMARK = "This board is read-only"
_LIMIT = "rate limit"  # key in the session's state


def only_read() -> bool:
    """Whether visitors may neither train nor submit; a page says so where something is off."""
    return is_read_only(sys.argv[1:], st.get_option("server.address"))


@st.cache_resource
def _limit_of_all() -> RateLimit:
    """The limit that all visitors share."""
    return RateLimit(MOST_OF_ALL, "All visitors together")


def take_check() -> None:
    """Count one more file that this visitor wants checked.

    Raises:
        ArtsError: It would be too many, of this visitor or of all; the message says how long to wait.
    """
    st.session_state.setdefault(_LIMIT, RateLimit(MOST_OF_ONE, "You")).take()
    _limit_of_all().take()
