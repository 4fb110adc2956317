"""Doors of approvals."""
