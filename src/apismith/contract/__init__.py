"""The contract: its language, the loader, the model as data, and views of it."""
