"""Reading and writing checkpoints as safetensors, a span of a tensor at a time."""
