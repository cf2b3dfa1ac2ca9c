# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The faulty proxy of the addon's tests, which also puts every connector behind it.

Loaded from its file: importing it as a part of its addon would bring Odoo along.
"""

import importlib.util
import sys
from pathlib import Path

FILE = Path(__file__).parents[2] / 'social_crm_channels' / 'tests' / 'faulty_proxy.py'

_spec = importlib.util.spec_from_file_location('faulty_proxy', FILE)
_module = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = _module
_spec.loader.exec_module(_module)

FaultyProxy = _module.FaultyProxy
RESET_AFTER = _module.RESET_AFTER
RESET_BEFORE = _module.RESET_BEFORE
