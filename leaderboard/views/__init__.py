"""The pages of the app: scripts that streamlit runs."""
