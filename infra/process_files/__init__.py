"""The log as files for process mining: OCEL 2.0 as JSON, and XES. Both are written as the log is read."""
