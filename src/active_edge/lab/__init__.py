"""The interactive desk: one open market behind a page on this machine, every variant a trial before it is shown."""
