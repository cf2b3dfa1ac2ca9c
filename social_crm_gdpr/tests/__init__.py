# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import test_breach
from . import test_evidence
from . import test_jurisdiction
from . import test_legal_hold
from . import test_masking
from . import test_privacy_answer
from . import test_privacy_intake
from . import test_privacy_public
from . import test_privacy_request
from . import test_public
from . import test_register
from . import test_restriction
from . import test_retention
from . import test_retention_tour
from . import test_role_matrix
from . import test_special
from . import test_subject
