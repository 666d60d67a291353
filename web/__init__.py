"""The doors for browsers and for providers: HTTP. They translate and decide nothing."""
