"""Tests of Solar Compute, by tier: core, integration and e2e. See scripts/test."""
