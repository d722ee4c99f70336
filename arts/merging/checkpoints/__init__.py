"""Reading and writing of checkpoints in safetensors files, a span of a tensor at a time."""
