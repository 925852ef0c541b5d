"""How settings are searched: the only place with Optuna."""
