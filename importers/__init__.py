"""Files from elsewhere, brought in through gRPC like anybody's cases. An import never contacts anybody."""
