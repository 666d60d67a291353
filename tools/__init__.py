"""What developers run: checks and generators. Not part of the application."""
