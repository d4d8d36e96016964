"""Reports as bytes, one module per output format."""
