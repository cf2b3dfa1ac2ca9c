# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import test_credential
from . import test_http
from . import test_platform
from . import test_rulebook
