import { Component, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;

// One clock for all times on a page, ticking only while somebody looks.
const MINUTE = 60000;
const watchers = new Set();
let ticking = null;

function watch(callback) {
    watchers.add(callback);
    ticking ||= browser.setInterval(() => watchers.forEach((tick) => tick()), MINUTE);
    return () => {
        watchers.delete(callback);
        if (!watchers.size) {
            browser.clearInterval(ticking);
            ticking = null;
        }
    };
}

/** How long ago, or how long until: Odoo's own widget knows days only. */
export class TimeAgoField extends Component {
    static template = "social_crm_base.TimeAgoField";
    static props = { ...standardFieldProps, deadline: { type: Boolean, optional: true } };

    setup() {
        this.clock = useState({ now: DateTime.now() });
        const unwatch = watch(() => (this.clock.now = DateTime.now()));
        onWillUnmount(unwatch);
    }

    get value() {
        return this.props.record.data[this.props.name];
    }
    get exact() {
        return formatDateTime(this.value);
    }
    get isLate() {
        return this.props.deadline && this.value < this.clock.now;
    }
    get isSoon() {
        return this.props.deadline && !this.isLate && this.value < this.clock.now.plus({ hours: 1 });
    }
    get words() {
        const { now } = this.clock;
        if (Math.abs(this.value.diff(now).as("seconds")) < 60) {
            return _t("now");
        }
        return this.value.toRelative({ base: now, style: "short" });
    }
}

registry.category("fields").add("social_time_ago", {
    component: TimeAgoField,
    displayName: _t("Time Ago"),
    supportedTypes: ["datetime"],
    supportedOptions: [{ label: _t("Deadline"), name: "deadline", type: "boolean" }],
    extractProps: ({ options }) => ({ deadline: Boolean(options.deadline) }),
});
