"""Readers of corpora, one module per file format; `instances` chooses the reader by a file's suffix."""
