"""The `escalera` command: everything a person or a script can ask of the engine."""
