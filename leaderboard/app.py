"""The streamlit app, which shows the pages of `views/` under one navigation bar.

`arts leaderboard` starts it, and so does ``streamlit run leaderboard/app.py -- [FOLDER ..] [--no-packaged]``.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import streamlit as st

from arts.leaderboard.web import address
from arts.leaderboard.web.address_bar import show_address_bar
from arts.leaderboard.web.page_state import APP_TITLE, PAGES, PageEnd, board, show_progress

STYLE = Path(__file__).parent / "web" / "page.css"

st.set_page_config(APP_TITLE, ":material/leaderboard:", layout="wide")
pages = [
    st.Page(page.script(name), title=page.title, icon=page.icon, url_path=name, default=name == "board")
    for name, page in PAGES.items()
]
st.html(STYLE)
current = st.navigation(pages, position="top")
name = current.url_path or "board"
address.begin_page(name)
top = st.container()
with suppress(PageEnd):
    if name != "submit":  # there, a rerun during an upload could lose the file
        show_progress()
    current.run()
with suppress(PageEnd), top:
    address.remark_on_entries(PAGES[name].entry_parameters)
    show_address_bar(name, board())
    address.show_remarks()
