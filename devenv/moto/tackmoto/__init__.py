"""AWS's behaviour where moto differs: one file per kind, whose classes extend those of moto."""
