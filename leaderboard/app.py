"""The app: `streamlit run leaderboard/app.py -- [FOLDER ..] [--no-packaged]`, or `arts leaderboard`."""

from __future__ import annotations

import streamlit as st

from arts.leaderboard.web.page_state import VIEWS, show_progress

st.set_page_config("arts leaderboard", ":material/leaderboard:", layout="wide")
pages = [
    st.Page(
        view.script(address), title=view.title, icon=view.icon, url_path=address, default=address == "board"
    )
    for address, view in VIEWS.items()
]
st.html("<style>.stMainBlockContainer { padding-top: 4rem }</style>")
page = st.navigation(pages, position="top")
if page.url_path != "submit":  # whose file must not be lost to a run that nobody asked for
    show_progress()
page.run()
