"""Random dots: kinematograms, optic flow, the flow of self-motion, Glass patterns."""
