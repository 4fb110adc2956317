"""Tests of trail."""
