"""Bank statements, payment notifications and returns, read into payment entries. Pure: no database, no gRPC."""
