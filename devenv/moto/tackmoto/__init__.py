"""AWS's behaviour where moto differs: one file per subject, each a patch of moto's models."""
