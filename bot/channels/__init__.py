"""The ways in: one channel a file or folder. Channels do not know each other."""
