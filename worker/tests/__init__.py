"""Tests of the companion service, against real processes and a real HTTP server."""
