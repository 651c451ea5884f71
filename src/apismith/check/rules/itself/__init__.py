"""The comments that ignore findings."""
