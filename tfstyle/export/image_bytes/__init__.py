"""Image files decoded inside a graph, as the command line reads them: a module for each format.

Each has the functions of `formats.Format`. What would come out otherwise is refused by name.
"""
