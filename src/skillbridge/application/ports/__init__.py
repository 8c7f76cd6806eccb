"""What every use case may ask for, by topic. A port exists only where two adapters do."""
