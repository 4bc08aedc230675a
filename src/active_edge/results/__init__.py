"""The folder of results: runs judged together and written, read again, compared, listed. Its only writer."""
