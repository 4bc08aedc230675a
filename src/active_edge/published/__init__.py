"""What published returns say on the article: read, estimated, judged, and put on a page."""
