"""Live sources: the only code that talks to the network, and the readers of what they answer."""
