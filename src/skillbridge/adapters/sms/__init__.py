"""Texts by SMS: by Africa's Talking, or into the local mailbox."""
