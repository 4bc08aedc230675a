"""Honest tests of active small-cap investing."""
