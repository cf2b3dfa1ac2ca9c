# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import sys

from .cli import main
from .console import main_guard

sys.exit(main_guard(main, sys.argv[1:]))
