import { Component, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";

/** One part of the pane, which remembers for each user whether it is folded. */
export class PersonPanel extends Component {
    static template = "social_crm_channels.PersonPanel";
    static props = {
        name: String,
        title: String,
        count: { type: Number, optional: true },
        folded: { type: Boolean, optional: true },
        onUnfold: { type: Function, optional: true },
        slots: Object,
    };

    setup() {
        const known = browser.localStorage.getItem(this.key);
        this.state = useState({ folded: known ? known === "folded" : Boolean(this.props.folded) });
        if (!this.state.folded) {
            this.props.onUnfold?.();
        }
    }

    get key() {
        return `social_crm.person_panel.${user.userId}.${this.props.name}`;
    }

    toggle() {
        this.state.folded = !this.state.folded;
        browser.localStorage.setItem(this.key, this.state.folded ? "folded" : "open");
        if (!this.state.folded) {
            this.props.onUnfold?.();
        }
    }
}
