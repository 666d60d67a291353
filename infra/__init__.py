"""Adapters: everything that knows a vendor. The ports they serve are in `application.ports`."""
