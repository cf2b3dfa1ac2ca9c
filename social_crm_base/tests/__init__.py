# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import test_credential
from . import test_http
from . import test_personal_data
from . import test_platform
from . import test_rulebook
from . import test_ingest
from . import test_ingest_order
from . import test_turns
from . import test_hoot
from . import test_journey
from . import test_lead
from . import test_import
from . import test_log
from . import test_salesperson
from . import test_export_gate
from . import test_awkward_cases
from . import test_lead_answer
