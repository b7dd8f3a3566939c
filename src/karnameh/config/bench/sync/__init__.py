"""Phones against the server: for truth inside this process and outside of it, and for speed."""
