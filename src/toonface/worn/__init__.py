"""What is worn on a head: hair and glasses, as surfaces."""
