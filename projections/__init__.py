"""Events to read tables: pure folds, and the runner that carries them along the log."""
