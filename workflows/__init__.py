"""Waiting, and nothing else. What is owed and what it means is behind the activities."""
