"""What activity are worth: badges, their rules as data."""
