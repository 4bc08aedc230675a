"""Strategies sealed before their months come, and the months that came: what nobody could choose afterwards."""
