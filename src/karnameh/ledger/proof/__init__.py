"""The transparency log as a plain library: no Django, no database.

`docs/proof.md` states the construction; each module holds one part of it. Everything that is hashed
begins with one byte that says what it is, so that no value can be taken for one of another kind.
"""
