# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import albums, connector, interaction, moderation
