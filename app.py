"""Activation Lab: page configuration and navigation."""

from functools import partial

import streamlit as st

from app_pages import choose, compare, dead_relu, depth, function, gallery, lstm, saturation, softmax, train
from ui.frame import navigate

# The pages by their addresses, under the headings of the menu; those of functions follow from the catalogue.
MENU = {
    "": {"": gallery.show},
    "menu.functions": {name: partial(function.show, name) for name in function.pages()},
    "menu.demos": {
        "softmax": softmax.show,
        "saturation": saturation.show,
        "dead_relu": dead_relu.show,
    },
    "menu.labs": {
        "depth": depth.show,
        "train": train.show,
    },
    "menu.models": {
        "lstm": lstm.show,
    },
    "menu.tools": {
        "compare": compare.show,
        "choose": choose.show,
    },
}

if __name__ == "__main__":
    st.set_page_config(page_icon="ui/icon.svg", layout="wide")
    navigate(MENU).run()
