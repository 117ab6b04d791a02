"""From clip to clip: what is asked for, checked, painted, recorded, and gone on with."""
