# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import case, connect, connector, gateway
