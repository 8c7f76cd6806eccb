"""What ranking needs from outside."""
