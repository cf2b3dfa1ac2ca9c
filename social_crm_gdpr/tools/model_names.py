# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What models are called, in the reader's language."""


def model_names(env, models):
    """Pairs of models and what they are called.

    :param list models: technical names
    :rtype: list[tuple[str, str]]
    """
    # sudo: what models are called is no secret
    known_sudo = env["ir.model"].sudo()
    found = known_sudo.browse([known_sudo._get_id(model) for model in models])
    return [(record.model, record.name) for record in found]
