"""What Streamlit needs once: language, links and state, the scrubber, and the parts pages are made of."""
