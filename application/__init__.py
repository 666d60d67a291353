"""The one way to change a case, whoever asks."""
