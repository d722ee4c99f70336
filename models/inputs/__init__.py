"""Model inputs: tokens, word vectors and dependency parses, batched as tensors."""
