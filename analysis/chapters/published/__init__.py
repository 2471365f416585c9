"""What published documents print."""
