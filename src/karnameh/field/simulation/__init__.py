"""Phones, a network and a server that fails: for the tests and for `./karnameh bench sync`."""
