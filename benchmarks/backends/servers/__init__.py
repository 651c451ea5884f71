"""Other ways to write a part of the generated backend, on its own database. They answer alike."""
