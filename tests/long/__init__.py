"""What `make test-long` runs beyond `make test`: random play, series of kills, large tables."""
