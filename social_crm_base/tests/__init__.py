# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import (
    test_credential,
    test_http,
    test_platform,
    test_rulebook,
)
