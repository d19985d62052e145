"""How fast Dudao is with 1,000 to 1,000,000 items: `make bench SIZE=10k` (docs/benchmarks.md)."""
