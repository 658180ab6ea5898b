"""Tests of what the card is made of: its sources, its words, and the file that is built."""
