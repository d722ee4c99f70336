"""The streamlit app, which shows the pages of `views/` under one navigation bar.

`arts leaderboard` starts it, and so does ``streamlit run leaderboard/app.py -- [FOLDER ..] [--no-packaged]``.
"""

from __future__ import annotations

import streamlit as st

from arts.leaderboard.web import address
from arts.leaderboard.web.page_state import PAGES, show_progress

st.set_page_config("arts leaderboard", ":material/leaderboard:", layout="wide")
pages = [
    st.Page(page.script(name), title=page.title, icon=page.icon, url_path=name, default=name == "board")
    for name, page in PAGES.items()
]
st.html("<style>.stMainBlockContainer { padding-top: 4rem }</style>")
current = st.navigation(pages, position="top")
if current.url_path != "submit":  # there, a rerun during an upload could lose the file
    show_progress()
address.begin_page(current.url_path)
top = st.container()
try:
    current.run()
finally:  # also when a page ends early
    with top:
        address.show_remarks()
