# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import evidence
from . import notice
from . import package
from . import preferences
from . import privacy
