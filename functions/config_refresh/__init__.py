"""The scheduled function that keeps the published configuration in the table fresh."""
