import { Component, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { imageUrl } from "@web/core/utils/urls";

import { useClock } from "../inbox_clock";

const PRIORITIES = ["0", "1", "2"];

/** What the case is about, where it stands, and what can be done with it. */
export class InboxHead extends Component {
    static template = "social_crm_channels.InboxHead";
    static components = { Dropdown, DropdownItem };
    static props = {};

    setup() {
        this.store = useState(this.env.inbox);
        this.clock = useClock();
        this.state = useState({ choices: null });
    }

    /** The last one known: menus may be drawn once more when the case has gone already. */
    get head() {
        this.lastHead = this.store.data.head || this.lastHead;
        return this.lastHead;
    }
    get buttons() {
        return this.store.commandsOf("head");
    }
    get menu() {
        return this.store.commandsOf("more");
    }
    get avatar() {
        return imageUrl("res.users", this.head.user.id, "avatar_128");
    }
    get stateLabel() {
        const { state, state_label, substate, snoozed_until } = this.head;
        if (state === "snoozed" && snoozed_until) {
            return _t("Snoozed until %s", formatDateTime(deserializeDateTime(snoozed_until)));
        }
        return substate || state_label;
    }
    get priorityLabel() {
        return { 0: _t("Normal priority"), 1: _t("High priority"), 2: _t("Urgent") }[this.head.priority];
    }

    get deadline() {
        if (!this.head.deadline) {
            return null;
        }
        const due = deserializeDateTime(this.head.deadline);
        const left = due.diff(this.clock.now).as("minutes");
        const words = due.toRelative({ base: this.clock.now, style: "short" });
        return {
            words: left < 0 ? _t("Overdue, %s", words) : _t("Due %s", words),
            look: left < 0 ? "text-bg-danger" : left < 60 ? "text-bg-warning" : "text-bg-light",
            title: formatDateTime(due),
        };
    }

    rename(ev) {
        const name = ev.target.value.trim();
        if (name && name !== this.head.name) {
            return this.store.write({ name });
        }
        ev.target.value = this.head.name;
    }
    onNameKeydown(ev) {
        if (ev.key === "Enter") {
            ev.target.blur();
        } else if (ev.key === "Escape") {
            ev.target.value = this.head.name;
            ev.target.blur();
        }
    }

    togglePriority() {
        const next = (PRIORITIES.indexOf(this.head.priority) + 1) % PRIORITIES.length;
        return this.store.write({ priority: PRIORITIES[next] });
    }

    async loadChoices() {
        this.state.choices = await this.store.call("inbox_choices");
    }
    get people() {
        const people = this.state.choices?.users || [];
        return people.filter((one) => one.id !== user.userId);
    }
    get isMine() {
        return this.head.user.id === user.userId;
    }
    toggleTag(tag) {
        const isOn = this.hasTag(tag);
        return this.store.write({ tag_ids: [[isOn ? 3 : 4, tag.id]] });
    }
    hasTag(tag) {
        return this.head.tags.some((one) => one.id === tag.id);
    }
}
