"""Running an installation: setting it up, serving it, working off what must not happen in a request.

Stands above all rooms, because setting up means asking each of them.
"""
