"""Activation Lab: page configuration and navigation."""

from functools import partial

import streamlit as st

from app_pages import choose, compare, dead_relu, depth, function, gallery, saturation, softmax, train
from ui.frame import navigate

st.set_page_config(page_icon="ui/icon.svg", layout="wide")
navigate(
    {
        "": gallery.show,
        **{name: partial(function.show, name) for name in function.pages()},
        "softmax": softmax.show,
        "saturation": saturation.show,
        "dead_relu": dead_relu.show,
        "depth": depth.show,
        "train": train.show,
        "compare": compare.show,
        "choose": choose.show,
    }
).run()
