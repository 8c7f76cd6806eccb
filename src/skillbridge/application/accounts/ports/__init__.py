"""What accounts need from the outside."""
