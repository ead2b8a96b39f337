"""Figures: pure functions from the core's numbers to Plotly figures and films; words are passed in."""
