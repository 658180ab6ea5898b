"""The folder from which Home Assistant loads custom integrations."""
