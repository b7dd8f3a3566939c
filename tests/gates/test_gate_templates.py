"""The template gate, shown to fail on each fault that it is there for."""

from __future__ import annotations

from pathlib import Path

import pytest

from gates import templates


def sentences(rules: str, text: str) -> list[str]:
    """What one set of rules says about a text, with the lines."""
    said: list[str] = []
    getattr(templates, rules)(text, lambda line, sentence: said.append(f"{line}: {sentence}"))
    return said


GOOD_TEMPLATE = """\
{% extends "ui/base.html" %}{% load i18n static %}
{# a comment may speak of |safe and <p style="x"> #}
{% comment %}<script>old()</script>{% endcomment %}
<link rel="stylesheet" href="{% static 'ui/page.css' %}">
<link rel="canonical" href="https://example.org/">
<script src="{% static 'ui/page.js' %}" nonce="{{ csp_nonce }}"></script>
<script nonce="{{ csp_nonce }}">start()</script>
<script type="application/json">{"a": 1}</script>
<form method="post" {% if file %}enctype="multipart/form-data"{% endif %}>{% csrf_token %}
  <button type="submit" {% if a < b %}disabled{% endif %}>ok</button></form>
<form method="get"><input name="q"></form>
<img src="{{ picture.url }}" alt="">
<a href="https://example.org" hx-get="/rows" data-one="x">outside</a>
"""

BAD_TEMPLATES = [
    ('<p style="color: red">', "style="),
    ('<p {% if x %}style="color: red"{% endif %}>', "style="),
    ("<script>alert(1)</script>", "file of its own"),
    ("<style>p {}</style>", "stylesheet"),
    ('<a onclick="go()">', "onclick"),
    ('<a hx-on:click="go()">', "hx-on:click"),
    ('<a hx-on::after-request="go()">', "hx-on"),
    ('<a hx-vals="js:{a: b()}">', "hx-vals"),
    ('<a href="javascript:void(0)">', "javascript"),
    ("{{ text|safe }}", "safe"),
    ("{{ text | safe }}", "safe"),
    ("{% autoescape off %}{{ text }}{% endautoescape %}", "autoescape off"),
    ('<form method="post"><button>ok</button></form>', "csrf_token"),
    ('<form method="POST"></form><form method="get">{% csrf_token %}</form>', "csrf_token"),
    ('<form method="post">', "csrf_token"),
    ('<img src="a.png">', "alt"),
    ('<script src="https://cdn.example/x.js"></script>', "outside"),
    ('<link rel="stylesheet" href="//cdn.example/x.css">', "outside"),
    ('<img alt="" src="http://example.org/x.png">', "outside"),
]


def test_a_tidy_template_passes() -> None:
    assert sentences("check_template", GOOD_TEMPLATE) == []


@pytest.mark.parametrize(("planted", "complaint"), BAD_TEMPLATES)
def test_a_fault_in_a_template_is_found(planted: str, complaint: str) -> None:
    (sentence,) = sentences("check_template", GOOD_TEMPLATE + planted)
    assert complaint in sentence
    assert sentence.startswith(f"{GOOD_TEMPLATE.count(chr(10)) + 1}: ")


GOOD_STYLES = """\
/* margin-left and url(https://example.org) in a comment */
.a { margin-inline-start: 1rem; inset-inline-end: 0; text-align: start; }
.copyright-left, a:hover { color: red; }
.map { left: 0; /* physical: longitude grows to the right in every language */ }
.b { background: url("../img/a.svg"); }
"""


def test_a_tidy_stylesheet_passes() -> None:
    assert sentences("check_stylesheet", GOOD_STYLES) == []


@pytest.mark.parametrize(
    ("planted", "complaint"),
    [
        (".a { left: 0 }", "`left`"),
        (".a { margin-left: 0 }", "margin-left"),
        (".a{padding-right:0}", "padding-right"),
        (".a { border-left: 0 }", "border-left"),
        (".a { border-right-color: red }", "border-right-color"),
        (".a { border-top-left-radius: 0 }", "border-top-left-radius"),
        (".a { text-align: right }", "text-align: right"),
        (".a { float: left }", "float: left"),
        (".a { left: 0 } /* physical: */", "`left`"),
        (".a { background: url(https://example.org/a.png) }", "outside"),
        ('@import "//example.org/a.css";', "outside"),
    ],
)
def test_a_fault_in_a_stylesheet_is_found(planted: str, complaint: str) -> None:
    (sentence,) = sentences("check_stylesheet", GOOD_STYLES + planted)
    assert complaint in sentence
    assert sentence.startswith("6: ")


def test_markup_made_in_python_is_looked_at_too() -> None:
    assert sentences("check_python", "x = '<b class=\"a\">'") == []
    assert "style=" in sentences("check_python", "x = '<b style=\"{}\">'")[0]
    assert "onclick" in sentences("check_python", "x = '<b onclick=\"{}\">'")[0]


def test_files_are_found_where_they_live(tmp_path: Path) -> None:
    package = tmp_path / "src" / "karnameh" / "front"
    for name, text in {
        "templates/front/home.html": "<p style='x'>",
        "static/front/home.css": "p { left: 0 }",
        "static/front/vendor/other.css": "p { left: 0 }",
        "views.py": "",
    }.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)
    inspection = templates.check(tmp_path)
    assert inspection.looked_at == 3
    assert [finding.file for finding in inspection.findings] == [
        "src/karnameh/front/templates/front/home.html",
        "src/karnameh/front/static/front/home.css",
    ]
