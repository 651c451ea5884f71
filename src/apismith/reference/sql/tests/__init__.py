"""Tests run with settings of their own: this is imported first, and no test sees those of the developer."""

import os

from app.config import Settings

Settings.model_config["env_file"] = None
for name in Settings.model_fields:
    os.environ.pop(name.upper(), None)
os.environ["ENVIRONMENT"] = "test"
