import { Component, useState } from "@odoo/owl";

/** Who this is, on the right. */
export class InboxPerson extends Component {
    static template = "social_crm_channels.InboxPerson";
    static props = {};

    setup() {
        this.store = useState(this.env.inbox);
    }
}
