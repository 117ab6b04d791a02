"""HTTP: routes, places and turns, metrics, and the socket."""
