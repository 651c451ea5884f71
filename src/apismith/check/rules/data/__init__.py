"""The database: queries, sessions, transactions, migrations."""
