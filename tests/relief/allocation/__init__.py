"""Tests of allocation."""
