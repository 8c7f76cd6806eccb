"""What every endpoint stands on: who asks, in which form, how often, and how errors are answered."""
