"""Writes the pages that are made from the code and the tests.

It lives beside what it writes and is no part of the product: it needs the tools of development.
"""
