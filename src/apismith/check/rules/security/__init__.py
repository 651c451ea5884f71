"""Who may do what, and what leaves the process."""
