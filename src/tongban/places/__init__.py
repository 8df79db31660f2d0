"""Places, agencies and calendars, each valid for a time and with its successors."""
