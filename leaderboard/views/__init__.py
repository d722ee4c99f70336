"""The pages of the app: one script per page, which streamlit runs from top to bottom for each visitor."""
