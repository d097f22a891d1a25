"""The scheduled function that bounds what the edge functions log in every region."""
