"""The files of a cooperative: where things stand, and writing them all or not at all."""
