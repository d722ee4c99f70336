"""Readers, a file format a module; `instances` chooses one by the file's suffix."""
