"""The data of a figure as a table to download."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def csv_text(columns: Mapping[str, NDArray[Any] | Sequence[Any]]) -> str:
    """Columns of one length, by their titles, as CSV with every digit of their numbers."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    # as Python's own numbers, whose text has all digits and no more
    writer.writerows(zip(*(np.asarray(column).tolist() for column in columns.values()), strict=True))
    return text.getvalue()
