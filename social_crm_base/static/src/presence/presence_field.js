import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const SHOWN = 5;

/** Icons of the networks on which the person behind a card speaks; each leads to the profile. */
export class PresenceField extends Component {
    static template = "social_crm_base.PresenceField";
    static props = { ...standardFieldProps };

    get accounts() {
        return this.props.record.data[this.props.name] || [];
    }
    get shown() {
        return this.accounts.slice(0, SHOWN);
    }
    get more() {
        return this.accounts.length - this.shown.length;
    }
    label(account) {
        return _t("%(name)s on %(network)s", account);
    }
}

registry.category("fields").add("social_presence", {
    component: PresenceField,
    displayName: _t("Presence on Social Networks"),
    supportedTypes: ["json"],
});
