"""The contract of the API: statuses, shapes, routes."""
