"""Reading rules that are data: one table of a TOML text at a time, and where in the text it stands."""
