import { Component, useState } from "@odoo/owl";

/** The queue of cases on the left. */
export class InboxQueue extends Component {
    static template = "social_crm_channels.InboxQueue";
    static props = {};

    setup() {
        this.store = useState(this.env.inbox);
    }
}
