"""The acts of approvals."""
