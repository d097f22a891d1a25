"""The function that attaches the pair to distributions which Terraform does not manage."""
