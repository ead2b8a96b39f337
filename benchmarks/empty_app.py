"""The app that does nothing: what Streamlit itself costs."""
