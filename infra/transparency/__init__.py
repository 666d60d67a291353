"""The transparency log's places: its tiles in the database, its key in a file, its public copy in a folder."""
