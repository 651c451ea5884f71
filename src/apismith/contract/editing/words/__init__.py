"""What can be added to a contract: each module here has `WORDS`, and a new one is found by being here."""
