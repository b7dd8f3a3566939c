"""Issue a press pack; make its files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from karnameh.access.public import Role, require
from karnameh.activities.public import Campaign
from karnameh.insight.figures.actions import new_code, sealed
from karnameh.insight.figures.models import Figure, State
from karnameh.insight.press.document import document_of
from karnameh.insight.press.models import KINDS, LANGUAGES, Pack, PackFigure, PackFile
from karnameh.insight.press.pdf import pdf_of
from karnameh.insight.press.word import docx_of
from karnameh.kernel.text import clean
from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.chores import wake
from karnameh.plumbing.public import Refusal, deed

MOST = 24
_MAKERS = {"pdf": pdf_of, "docx": docx_of}


def issue_pack(
    unit: OrgUnit,
    figures: Sequence[Figure],
    *,
    title_fa: str,
    title_en: str,
    campaign: Campaign | None,
    by: User,
    at: datetime,
    site: str,
    code: str = "",
) -> Pack:
    """Freeze published figures and what stands around them into a pack. The worker then makes its files."""
    require(by, Role.PRESS, unit)
    title_fa, title_en = clean(title_fa)[:160], clean(title_en)[:160]
    if not title_fa or not title_en:
        raise Refusal(_("Give the pack a title in both languages."), field="title_fa")
    if not figures:
        raise Refusal(_("Choose at least one published figure."), field="figures")
    if len(figures) > MOST:
        raise Refusal(_("Twenty-four figures are enough for one pack."), field="figures")
    if any(one.state != State.PUBLISHED for one in figures):
        raise Refusal(_("Only published figures that stand come into a pack."), field="figures")
    with deed("issue_pack", by=by, at=at, target=f"unit:{unit.pk}"):
        head = sealed(at)
        pack = Pack(
            code=code or new_code(),
            unit=unit,
            campaign=campaign,
            title_fa=title_fa,
            title_en=title_en,
            issued_by=by,
            issued_at=at,
        )
        pack.document = document_of(pack, figures, head=head, site=site)
        pack.save(force_insert=True)
        PackFigure.objects.bulk_create(
            PackFigure(pack=pack, figure=figure, position=n) for n, figure in enumerate(figures)
        )
        wake()
    return pack


def make_files(*, at: datetime) -> bool:
    """Make one missing file of the newest pack that lacks one; whether more wait."""
    every = {(language, kind) for language in LANGUAGES for kind in KINDS}
    for pack in Pack.objects.prefetch_related("files")[:50]:
        there = {(one.language, one.kind) for one in pack.files.all()}
        for language, kind in sorted(every - there):
            content = _MAKERS[kind](pack.document, language)
            with deed("make_pack_file", by=None, at=at, target=f"pack:{pack.code}"):
                PackFile.objects.get_or_create(
                    pack=pack, language=language, kind=kind, defaults={"content": content}
                )
            return True
    return False
