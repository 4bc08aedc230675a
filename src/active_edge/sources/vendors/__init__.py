"""What others than the SEC publish: requests for it, and readers of what comes back."""
