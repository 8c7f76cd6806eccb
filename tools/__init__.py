"""What looks at the project itself; nothing of it is part of the product."""
