"""Serial numbers, credentials, status lists, checking them offline, the paper. All pure."""
