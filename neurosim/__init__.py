"""Neural network models of the brain, and what links them to stimuli and recordings."""
