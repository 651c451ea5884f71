"""The rules: each is one module and, beside it, the page that documents and tests it."""
