"""What people may ask of what is kept of them, and until when they are answered."""
