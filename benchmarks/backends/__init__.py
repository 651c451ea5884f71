"""What `benchmarks/backend.py` measures, and how."""
