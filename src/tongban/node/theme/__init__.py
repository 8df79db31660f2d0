"""What all pages share: frame, words of dates and places, language switch, error pages."""
