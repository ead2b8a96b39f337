"""Activation Lab: page configuration and navigation."""

from functools import partial

import streamlit as st

from app_pages import (
    attention,
    choose,
    classifier,
    compare,
    convolution,
    dead_relu,
    depth,
    function,
    gallery,
    in_models,
    lstm,
    residual,
    sampling,
    saturation,
    softmax,
    train,
)
from ui import films
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
        "in_models": in_models.show,
        "lstm": lstm.show,
        "convolution": convolution.show,
        "residual": residual.show,
        "attention": attention.show,
        "classifier": classifier.show,
        "sampling": sampling.show,
    },
    "menu.tools": {
        "compare": compare.show,
        "choose": choose.show,
    },
}

if __name__ == "__main__":  # a run of the script
    st.set_page_config(page_icon="ui/icon.svg", layout="wide")
    navigate(MENU).run()
else:  # what `streamlit run` serves it with
    app = st.App(__file__, routes=films.ROUTES, lifespan=films.serving)
