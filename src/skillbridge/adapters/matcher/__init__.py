"""The matcher: the Rust service, its Python fallback, and the switch between them."""
