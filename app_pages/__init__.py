"""The pages: which widgets, in which order."""
