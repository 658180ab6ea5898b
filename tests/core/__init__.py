"""Tests of the core, with plain pytest and without Home Assistant."""
