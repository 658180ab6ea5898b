"""A real Home Assistant, a real companion service, a real job, a real browser."""
