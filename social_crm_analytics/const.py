# Part of Social CRM. See LICENSE file for full copyright and licensing details.

# Below so many answers a median says more about chance than about service.
MIN_SAMPLE = 5
