import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useInputField } from "@web/views/fields/input_field_hook";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const UNITS = [
    ["d", 1440],
    ["h", 60],
    ["min", 1],
];

/**
 * Minutes as people say them: 90 is "1 h 30 min". No time at all is nothing.
 *
 * @param {number|false} minutes
 * @returns {string}
 */
export function formatMinutes(minutes) {
    const hours = Math.floor((minutes || 0) / 60);
    const rest = (minutes || 0) % 60;
    return [hours && _t("%s h", hours), rest && _t("%s min", rest)].filter(Boolean).join(" ");
}

/**
 * The reverse: "1 h 30 min", "1:30", "1.5 h", "2 d" or plain minutes. A day has 24 hours.
 *
 * @param {string} text
 * @returns {number}
 * @throws {Error} where nobody can tell what is meant
 */
export function parseMinutes(text) {
    const said = text.trim().toLowerCase().replaceAll(",", ".");
    if (!said) {
        return 0;
    }
    const clock = said.match(/^(\d+):([0-5]\d)$/);
    if (clock) {
        return Number(clock[1]) * 60 + Number(clock[2]);
    }
    if (/^\d+$/.test(said)) {
        return Number(said);
    }
    if (!/^(\d+(\.\d+)?\s*[a-z]+\s*)+$/.test(said)) {
        throw new Error(`no time: ${text}`);
    }
    let total = 0;
    for (const [, figure, unit] of said.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/g)) {
        const known = UNITS.find(([name]) => name[0] === unit[0]);
        if (!known) {
            throw new Error(`no unit: ${unit}`);
        }
        total += Number(figure) * known[1];
    }
    return Math.round(total);
}

export class MinutesField extends Component {
    static template = "social_crm_channels.MinutesField";
    static props = { ...standardFieldProps, placeholder: { type: String, optional: true } };

    setup() {
        useInputField({
            getValue: () => this.words,
            refName: "minutes",
            parse: parseMinutes,
        });
    }

    get words() {
        return formatMinutes(this.props.record.data[this.props.name]);
    }
}

registry.category("fields").add("social_minutes", {
    component: MinutesField,
    displayName: _t("Minutes in Words"),
    supportedTypes: ["integer"],
    extractProps: ({ attrs, placeholder }) => ({
        placeholder: placeholder || attrs.placeholder,
    }),
});
