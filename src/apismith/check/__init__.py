"""The auditor: facts of a project → findings, edits that mend them, and reports."""
