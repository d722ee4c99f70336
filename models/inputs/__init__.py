"""Model inputs: word and sub-word tokens, word vectors and dependency trees, batched as tensors."""
