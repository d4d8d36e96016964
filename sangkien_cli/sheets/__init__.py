"""What the files say: sheets as rows of text, one module per input format. Nothing here knows what a column means."""
