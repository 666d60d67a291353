"""The gRPC door: it translates and decides nothing."""
