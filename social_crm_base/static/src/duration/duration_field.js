import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * Seconds in the two largest units that count: "2 d 3 h", "4 min". No time at all is no figure.
 *
 * @param {number|false} seconds
 * @returns {string}
 */
export function formatSeconds(seconds) {
    if (!seconds) {
        return "";
    }
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    const days = Math.floor(hours / 24);
    if (days) {
        return _t("%(days)s d %(hours)s h", { days, hours: hours % 24 });
    }
    if (hours) {
        return _t("%(hours)s h %(minutes)s min", { hours, minutes: minutes % 60 });
    }
    return minutes
        ? _t("%(minutes)s min", { minutes })
        : _t("%(seconds)s s", { seconds: Math.floor(seconds) });
}

export class DurationField extends Component {
    static template = "social_crm_base.DurationField";
    static props = { ...standardFieldProps };

    get words() {
        return formatSeconds(this.props.record.data[this.props.name]);
    }
}

registry.category("fields").add("social_duration", {
    component: DurationField,
    displayName: _t("Duration"),
    supportedTypes: ["integer"],
});
// The same in pivots, graphs and the totals of lists.
registry.category("formatters").add("social_duration", formatSeconds);
