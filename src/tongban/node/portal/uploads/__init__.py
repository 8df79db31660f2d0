"""Files that citizens add to an application: taken in, held against what they may be, kept, shown."""
