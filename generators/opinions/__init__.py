"""Opinion words: the lexicon, the analysis of a sentence, and which word is about which aspect."""
