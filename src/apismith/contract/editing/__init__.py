"""Edits the text of a contract as a person would: what is added stands where it belongs, all else stays as it is."""
