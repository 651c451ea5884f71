"""The event loop: what blocks it, what is lost on it."""
