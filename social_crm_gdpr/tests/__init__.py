# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import test_evidence, test_legal_hold, test_public, test_register, test_restriction
