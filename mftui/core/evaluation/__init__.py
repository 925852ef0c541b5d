"""How good a model is, beside baselines and with the protocol of every number."""
