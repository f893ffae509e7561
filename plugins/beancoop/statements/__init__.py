"""The statements of a cooperative as figures: what each holds is worked out here, the command says how it looks."""
