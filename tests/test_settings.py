"""Streamlit's settings: those without which the app is slow, tells of its readers, or cannot be read."""

import tomllib

from benchmarks import ROOT
from figures import style

SETTINGS = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def test_reruns_stay_cheap_and_readers_private() -> None:
    assert SETTINGS["runner"]["postScriptGC"] is False  # a full collection after every run: seconds under load
    assert SETTINGS["server"]["fileWatcherType"] == "none"
    assert SETTINGS["browser"]["gatherUsageStats"] is False


def test_both_themes_are_there_in_fonts_of_the_readers_own_system() -> None:
    theme = SETTINGS["theme"]
    assert theme["light"]["primaryColor"] != theme["dark"]["primaryColor"]
    assert theme["font"] == style.FONT
    assert "://" not in theme["font"]  # nothing is downloaded
    fonts = [font.strip(" '") for font in theme["font"].split(",")]
    assert fonts[-1] == "sans-serif"
    assert {"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei"} <= set(fonts)
