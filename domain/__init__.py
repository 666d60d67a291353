"""What the business knows. Standard library only; no clock, no randomness, no input or output."""
