"""Everything that happens in SkillBridge, in the past tense, by the context in which it happens.

An event is written in the transaction that caused it, is kept, and starts the reactions
of `application/reactions.py`. Its fields are plain: ids, words, numbers and times, and nothing
that erasing a person would have to find again.
"""
