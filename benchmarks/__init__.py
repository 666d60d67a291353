"""What the numbers in docs/benchmarks.md come from. Ratios are taken inside one run, since machines differ."""
