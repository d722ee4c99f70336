"""The room of the generators: perturbed instances from sentences. It has no module yet."""
