"""What is no context's own: tenants, events, jobs and processes."""
