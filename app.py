"""Activation Lab: page configuration and navigation."""

from functools import partial

import streamlit as st

from app_pages import choose, compare, dead_relu, function, gallery, saturation, softmax
from ui import frame

st.set_page_config(page_icon="ui/icon.svg", layout="wide")
lang = frame.reader_language()


def page(show, address: str) -> st.Page:
    """A page of the app at its address, titled in the reader's language."""
    return st.Page(show, title=frame.title(address, lang), url_path=address, default=not address)


pages = [
    page(gallery.show, ""),
    page(softmax.show, "softmax"),
    page(saturation.show, "saturation"),
    page(dead_relu.show, "dead_relu"),
    *(page(partial(function.show, name), name) for name in function.pages()),
    page(compare.show, "compare"),
    page(choose.show, "choose"),
]
frame.register(pages)
st.navigation(pages, position="hidden").run()
