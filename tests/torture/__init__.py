"""The campaign of `scripts/torture`: what kills, failing disks, flipped bits, crowds and hostile input leave behind."""
