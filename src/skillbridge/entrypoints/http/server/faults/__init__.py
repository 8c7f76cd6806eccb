"""Every part of a request that does not fit, found at once: where it stands, its code, words.

`body.py` and `parameters.py` look; `fault.py` is what is told, `schema.py` says what a schema refuses in
words of people, `refused.py` holds what is raised before any rule of the domain is asked.
"""
