"""The demo federation: invented people and figures in the real shape of a country."""
