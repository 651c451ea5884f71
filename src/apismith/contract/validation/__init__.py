"""What a contract must be, asked of the model: one module for each kind of question.

Each check takes the contract and the places of its parts, and yields the mistakes that it finds.
"""
