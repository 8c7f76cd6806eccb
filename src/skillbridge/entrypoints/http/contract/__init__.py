"""The contract as it is published, made from the operations."""
