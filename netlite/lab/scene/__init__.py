"""Scenes and topologies: what there is to build, and what misbehaves in it.  Pure."""
