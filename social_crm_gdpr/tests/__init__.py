# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import test_evidence, test_public, test_register
