"""What each page says of its figures: words, links and tables."""
