"""What activities are worth: badges, their rules as data."""
