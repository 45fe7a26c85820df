"""Each row runs us and a peer in one process and prints the ratio: ``python -m benchmarks``."""
