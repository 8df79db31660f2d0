"""What can be wrong with a rule set, told in Chinese and English."""
