"""Analyses that several rules share: each is computed once for an application."""
