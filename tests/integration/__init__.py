"""Tests of the integration inside Home Assistant, with the test plugin."""
