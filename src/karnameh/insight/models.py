"""The tables of insight, kept in the folders that they belong to."""

from __future__ import annotations

from karnameh.insight.figures.models import Figure, FigureWatch, FigureWork
from karnameh.insight.press.models import Pack, PackFigure, PackFile

__all__ = ["Figure", "FigureWatch", "FigureWork", "Pack", "PackFigure", "PackFile"]
