"""`base` holds what every installation shares; `embedded` is the default; `production` reads the environment."""
