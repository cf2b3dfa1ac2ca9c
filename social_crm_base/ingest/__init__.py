# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The one way in: activities become identities, conversations, interactions, cases and cycles.

The same activities give the same rows in any order, any number of times, and by several workers.
``pipeline`` says in which order the steps run; each step reads and writes in bulk.
"""

from .batch import IngestResult, client_row_key, item_key
from .pipeline import Ingest
