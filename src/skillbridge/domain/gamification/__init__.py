"""What deeds are worth: badges, their rules as data."""
