# Part of Social CRM. See LICENSE file for full copyright and licensing details.
{
    "name": "Routes to Measure Against",
    "version": "19.0.1.0.0",
    "summary": "What a public request costs at least; loaded by benchmarks only",
    "category": "Hidden",
    "author": "Social CRM contributors",
    "license": "LGPL-3",
    "depends": ["base"],
    "installable": False,
}
