"""Tests of Moshi's server manager and client."""
