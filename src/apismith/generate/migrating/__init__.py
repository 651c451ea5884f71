"""From the tables of one contract to those of another: the migration between them."""
