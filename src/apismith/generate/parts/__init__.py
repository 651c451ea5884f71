"""One module for each part of a backend that a choice switches on or replaces."""
