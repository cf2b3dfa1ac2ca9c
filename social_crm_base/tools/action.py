# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What a button hands to the screen."""

CLOSE = {"type": "ir.actions.act_window_close"}
RELOAD = {"type": "ir.actions.client", "tag": "soft_reload"}


def notice(message, level="success", then=None, **params):
    """Say something in the corner of the screen.

    :param str level: ``success``, ``info``, ``warning`` or ``danger``
    :param dict then: the action that follows
    :param params: more of what ``display_notification`` takes: ``title``, ``links``, ``sticky``
    :return: a client action
    :rtype: dict
    """
    if then:
        params["next"] = then
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {"type": level, "message": message, **params},
    }


def form_of(record):
    """Open a record.

    :rtype: dict
    """
    return {
        "type": "ir.actions.act_window",
        "res_model": record._name,
        "res_id": record.id,
        "views": [(False, "form")],
    }


def dialog_of(record, name, size=None):
    """Open a record over what is on the screen.

    :param str name: the dialogue's title
    :param str size: ``medium``, ``large`` (as it is, if not told) or ``extra-large``
    :rtype: dict
    """
    action = {**form_of(record), "name": name, "target": "new"}
    return {**action, "context": {"dialog_size": size}} if size else action


def dialog_for(model, name, size=None, /, **defaults):
    """Open a new record over what is on the screen; nothing is stored before it is saved.

    :param str model: the record's
    :param str name: the dialogue's title
    :param str size: see ``dialog_of``
    :param defaults: what its fields begin with
    :rtype: dict
    """
    context = {f"default_{field}": value for field, value in defaults.items()}
    if size:
        context["dialog_size"] = size
    return {
        "type": "ir.actions.act_window",
        "name": name,
        "res_model": model,
        "views": [(False, "form")],
        "target": "new",
        "context": context,
    }
