"""The connector at the edge: CloudFront events in, CloudFront events out."""
