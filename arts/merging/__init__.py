"""Merging fine-tuned checkpoints of one base, tensor by tensor, in constant memory."""
