"""The door of insight."""

from __future__ import annotations

from karnameh.insight.figures.actions import Query as FigureQuery
from karnameh.insight.figures.actions import Words as FigureWords
from karnameh.insight.figures.actions import (
    approve_figure,
    propose_figure,
    publish_figure,
    return_figure,
    supersede_figure,
    watch_figures,
    withdraw_figure,
    write_figure,
)
from karnameh.insight.figures.models import Figure
from karnameh.insight.figures.publishing import publish_waiting
from karnameh.insight.figures.queries import public_figures
from karnameh.insight.press.actions import issue_pack, make_files
from karnameh.insight.press.models import Pack
from karnameh.insight.queries import node_url

__all__ = [
    "Figure", "FigureQuery", "FigureWords", "Pack", "approve_figure", "issue_pack", "make_files",
    "node_url", "propose_figure",
    "public_figures", "publish_figure", "publish_waiting", "return_figure", "supersede_figure", "watch_figures",
    "withdraw_figure", "write_figure",
]  # fmt: skip
