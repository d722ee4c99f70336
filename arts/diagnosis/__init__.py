"""Diagnosis of synthetic text: its embeddings, token frequencies and perplexity beside natural text."""
