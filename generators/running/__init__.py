"""Running the generator over a corpus: its sentences, batches, workers, and the folder it writes."""
