"""One module for each kind of generated file; each registers its emitters by being imported."""
