"""What runs on an engineer's machine: the local edge, the samples, the command line."""
