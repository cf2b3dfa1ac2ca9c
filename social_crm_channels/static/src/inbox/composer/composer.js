import { Component, useState } from "@odoo/owl";

/** Where one writes the answer. */
export class InboxComposer extends Component {
    static template = "social_crm_channels.InboxComposer";
    static props = {};

    setup() {
        this.store = useState(this.env.inbox);
    }
}
