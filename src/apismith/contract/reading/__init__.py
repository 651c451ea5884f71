"""Reads a contract from Python, inside a subprocess: runs it, and turns what it said into the model.

`contract.load` starts the subprocess and gets back the model, the places of its parts, and the mistakes found.
"""
